// NonMaxSuppression: in floats, behind integers and alone, its rows behind views and columns.
#include <gtest/gtest.h>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::TensorId;
using Ints = std::vector<int64_t>;

struct Detector {
  TensorId boxes, scores;
};

// Of every second pixel a box and the scores of three classes.
Detector DetectorOf(GraphBuilder& builder) {
  const TensorId picture = builder.Input("x", {1, 3, 6, 8});
  const TensorId boxes = builder.Node("Abs", {builder.Conv(picture, 4, 3, 2)});
  const TensorId scores = builder.Node("Sigmoid", {builder.Conv(picture, 3, 3, 2)});
  const TensorId flat = builder.Node("Reshape", {boxes, builder.Ints({1, 4, 12})});
  return {builder.Node("Transpose", {flat}, {{"perm", Ints{0, 2, 1}}}),
          builder.Node("Reshape", {scores, builder.Ints({1, 3, 12})})};
}

TensorId Selected(GraphBuilder& builder, const Detector& detector, int64_t most, int64_t center = 0) {
  return builder.Node("NonMaxSuppression",
                      {detector.boxes, detector.scores, builder.Ints({most}), builder.Constant({}, {0.3F}),
                       builder.Constant({}, {0.51F})},
                      {{"center_point_box", center}, {"padded", int64_t{1}}});
}

const joint::NonMaxSuppression& OptionsOf(const Lowered& lowered) {
  return *lowered.Find(joint::Options::NonMaxSuppression)->options_as_NonMaxSuppression();
}

TEST(LowerNonMaxSuppression, OfIntegersAndOfFloats) {
  for (const int64_t center : {0, 1}) {
    for (const bool islands : {false, true}) {
      GraphBuilder builder;
      const Detector detector = DetectorOf(builder);
      builder.Output(Selected(builder, detector, 5, center));
      PlainQuantization options;
      if (islands) {
        for (const graph::Node& node : builder.graph().nodes) options.islands.insert(node.outputs[0]);
      } else {
        options.sixteen_bits = {detector.boxes, detector.scores};
      }
      const Lowered lowered = LowerPlainly(builder, options);
      EXPECT_EQ(lowered.Count("NonMaxSuppression"), 1);
      EXPECT_EQ(OptionsOf(lowered).center(), center == 1);
      EXPECT_EQ(OptionsOf(lowered).most(), 5);
      EXPECT_EQ(OptionsOf(lowered).max_overlap(), 0.3F);
      EXPECT_EQ(OptionsOf(lowered).min_score(), 0.51F);
      EXPECT_FALSE(OptionsOf(lowered).any_score());
      ExpectNodesWithinHalfAStep(lowered);
      ASSERT_EQ(lowered.outputs[0].size(), 45U);
      EXPECT_GE(lowered.outputs[0][0], 0.0F);
    }
  }
}

// There are no more rows than boxes; without a threshold every score will do.
TEST(LowerNonMaxSuppression, OfAllBoxesWithoutThresholds) {
  GraphBuilder builder;
  const Detector detector = DetectorOf(builder);
  builder.Output(builder.Node("NonMaxSuppression", {detector.boxes, detector.scores, builder.Ints({1000})},
                              {{"padded", int64_t{1}}}));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(OptionsOf(lowered).most(), 12);
  EXPECT_EQ(OptionsOf(lowered).max_overlap(), 0.0F);
  EXPECT_TRUE(OptionsOf(lowered).any_score());
  EXPECT_EQ(lowered.outputs[0].size(), 3U * 12 * 3);
  EXPECT_EQ(lowered.outputs[0].back(), -1.0F);
  ExpectNodesWithinHalfAStep(lowered);
}

TEST(LowerNonMaxSuppression, BoxesThatAreConstant) {
  GraphBuilder builder;
  const Detector computed = DetectorOf(builder);
  const Detector detector = {builder.Constant({1, 12, 4}, builder.Random(48, 0.0F, 1.0F)), computed.scores};
  builder.Output(Selected(builder, detector, 4));
  ExpectNodesWithinHalfAStep(LowerPlainly(builder));
}

TEST(LowerNonMaxSuppression, RowsBehindViewsAndColumns) {
  GraphBuilder builder;
  const TensorId rows = Selected(builder, DetectorOf(builder), 4);
  builder.Output(builder.Node("Reshape", {rows, builder.Ints({1, 12, 3})}));
  const TensorId columns =
      builder.Node("Slice", {rows, builder.Ints({1}), builder.Ints({3}), builder.Ints({1}), builder.Ints({1})});
  builder.Output(builder.Node("Transpose", {columns}, {{"perm", Ints{1, 0}}}));
  ExpectNodesWithinHalfAStep(LowerPlainly(builder));
}

}  // namespace
}  // namespace lockstep::test
