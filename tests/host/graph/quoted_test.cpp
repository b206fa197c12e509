#include "graph/quoted.h"

#include <gtest/gtest.h>

namespace lockstep::graph {
namespace {

TEST(Quoted, ShowsControlCharacters) {
  EXPECT_EQ(Quoted("a b"), "\"a b\"");
  EXPECT_EQ(Quoted(std::string("a\0b\n\x1b[m\x7f", 8)), "\"a\\x00b\\n\\x1b[m\\x7f\"");
  EXPECT_EQ(Quoted("caf\xc3\xa9"), "\"caf\xc3\xa9\"");
}

TEST(Quoted, CutsLongTexts) {
  EXPECT_EQ(Quoted(std::string(80, 'a')), "\"" + std::string(80, 'a') + "\"");
  EXPECT_EQ(Quoted(std::string(102400, 'a')), "\"" + std::string(80, 'a') + "...\" (102400 bytes)");
  // No character is cut in two.
  EXPECT_EQ(Quoted(std::string(79, 'a') + "\xc3\xa9" + "b"), "\"" + std::string(79, 'a') + "...\" (82 bytes)");
}

}  // namespace
}  // namespace lockstep::graph
