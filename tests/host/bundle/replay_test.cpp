#include "bundle/replay.h"

#include <gtest/gtest.h>

namespace lockstep::bundle {
namespace {

TEST(BoardsHere, ArePoolsOfKnownBoardsTooAndElseTheFirst) {
  const std::vector<std::string> known = {"local", "qemu:mipsel", "qemu:armv7"};
  EXPECT_EQ(BoardsHere({"door", "qemu:mipsel", "qemu:mipsel,qemu:armv7", "local,door"}, known),
            (std::vector<std::string>{"qemu:mipsel", "qemu:mipsel,qemu:armv7"}));
  EXPECT_EQ(BoardsHere({"door"}, known), std::vector<std::string>{"local"});
}

}  // namespace
}  // namespace lockstep::bundle
