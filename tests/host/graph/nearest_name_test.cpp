#include "graph/nearest_name.h"

#include <gtest/gtest.h>

namespace lockstep::graph {
namespace {

TEST(NearestName, TakesTheFewestEdits) {
  EXPECT_EQ(NearestName("imgaes", {"output", "images", "image"}), "images");
  EXPECT_EQ(NearestName("calibraton", {"color", "calibration", "count"}), "calibration");
  EXPECT_EQ(NearestName("x", {"abc", "xy"}), "xy");
}

TEST(NearestName, TakesTheFirstOfEquals) { EXPECT_EQ(NearestName("ab", {"ac", "ad"}), "ac"); }

TEST(NearestName, IsEmptyWithoutKnownNames) { EXPECT_EQ(NearestName("ab", {}), ""); }

TEST(NearestName, TakesAnEmptyWord) { EXPECT_EQ(NearestName("", {"long", "no"}), "no"); }

}  // namespace
}  // namespace lockstep::graph
