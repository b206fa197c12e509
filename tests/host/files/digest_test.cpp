#include "files/digest.h"

#include <gtest/gtest.h>

namespace lockstep::files {
namespace {

// RFC 1321's own test suite, appendix A.5.
TEST(Digest, Md5IsRfc1321) {
  EXPECT_EQ(Md5Hex("", 0), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(Md5Hex("abc", 3), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(Digest, PiecesGiveTheMd5OfTheWhole) {
  Md5Sum sum;
  sum.Add("a", 1);
  sum.Add("", 0);
  sum.Add("bc", 2);
  EXPECT_EQ(sum.Hex(), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(Digest, ACopyGoesOnByItself) {
  Md5Sum sum;
  sum.Add("abc", 3);
  Md5Sum copy(sum);
  sum.Add("def", 3);
  EXPECT_EQ(sum.Hex(), Md5Hex("abcdef", 6));
  EXPECT_EQ(copy.Hex(), Md5Hex("abc", 3));
}

}  // namespace
}  // namespace lockstep::files
