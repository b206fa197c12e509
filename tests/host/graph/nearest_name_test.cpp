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

TEST(DidYouMean, OfManyNamesTheNearestAreNamed) {
  std::vector<std::string> known(20, "/model.1/far/Away");
  known.insert(known.end(), {"/model.9/cv1/Conv", "/model.9/CV1/Act", "nape"});
  EXPECT_EQ(DidYouMeanOf("cv1", known), "; the nearest of 23 are /model.9/cv1/Conv, /model.9/CV1/Act");
  EXPECT_EQ(DidYouMeanOf("nope", known), "; did you mean nape?");
  EXPECT_EQ(DidYouMeanOf("xyzw", known),
            "; the nearest of 23 are nape, /model.1/far/Away, /model.9/CV1/Act, /model.9/cv1/Conv");
  EXPECT_EQ(DidYouMeanOf("x", {}), "");
}

TEST(DidYouMean, NamesAFewWhereNothingIsNear) {
  EXPECT_EQ(DidYouMean("biuld", {"build", "run"}), "; did you mean build?");
  EXPECT_EQ(DidYouMean("help", {"build", "run"}), "; it must be one of build, run");
  EXPECT_EQ(DidYouMean("help", std::vector<std::string>(100, "far away")), "");
}

}  // namespace
}  // namespace lockstep::graph
