#include "files/base64.h"

#include <gtest/gtest.h>

namespace lockstep::files {
namespace {

TEST(Base64, IsThatOfRfc4648) {
  const std::string text = "foobar";
  const char* expected[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
  for (size_t length = 0; length <= text.size(); ++length) EXPECT_EQ(Base64(text.data(), length), expected[length]);
  EXPECT_EQ(Base64("\xFB\xFF\x00", 3), "+/8A");
}

}  // namespace
}  // namespace lockstep::files
