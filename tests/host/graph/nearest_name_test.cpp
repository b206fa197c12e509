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

TEST(NearestName, SuggestsNothingThatIsFarAway) {
  EXPECT_EQ(NearestName("help", {"build", "run", "info"}), "");
  EXPECT_EQ(NearestName("", {"long", "no"}), "");
  EXPECT_EQ(NearestName(std::string(100000, 'a'), {"a"}), "");
}

TEST(NearestName, LooksAtUpperAndLowerCaseFirst) { EXPECT_EQ(NearestName("bgr", {"RGB", "BGR", "GRAY"}), "BGR"); }

TEST(NearestName, KnowsFlagsSwapsAndBeginnings) {
  EXPECT_EQ(NearestName("--inpt", {"--output-dir", "--input", "--name"}), "--input");
  EXPECT_EQ(NearestName("mes", {"max", "mse"}), "mse");
  EXPECT_EQ(NearestName("calib", {"count", "calibration"}), "calibration");
}

TEST(DidYouMean, NamesAFewWhereNothingIsNear) {
  EXPECT_EQ(DidYouMean("biuld", {"build", "run"}), "; did you mean build?");
  EXPECT_EQ(DidYouMean("help", {"build", "run"}), "; it must be one of build, run");
  EXPECT_EQ(DidYouMean("help", std::vector<std::string>(100, "far away")), "");
}

}  // namespace
}  // namespace lockstep::graph
