// What takes elements by their indices: Pad, Gather, Tile, Expand and a Slice that runs backwards.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::TensorId;
using Ints = std::vector<int64_t>;

TensorId Image(GraphBuilder& builder, bool turned) {
  const TensorId x = builder.Conv(builder.Input("x", {1, 3, 5, 6}), 4, 1);
  return turned ? builder.Node("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}}) : x;
}

const Ints kPads[] = {{0, 0, 1, 2, 0, 0, 3, 1},
                      {0, 0, 0, 0, 0, 0, 0, 4},
                      {0, 1, 0, 0, 0, 2, 0, 0},
                      {0, 0, -1, 2, 0, 0, 2, -2},
                      {0, 0, -1, 0, 0, 0, 0, -1}};

TEST(LowerGather, PadsOfEveryMode) {
  for (const std::string mode : {"constant", "edge", "reflect", "wrap"}) {
    for (const Ints& pads : kPads) {
      for (const bool turned : {false, true}) {
        for (const bool wide : {false, true}) {
          SCOPED_TRACE(mode + " " + graph::ToString(pads) + (turned ? " turned" : "") + (wide ? " wide" : ""));
          GraphBuilder builder;
          const TensorId x = Image(builder, turned);
          const TensorId y = builder.Node("Pad", {x, builder.Ints(pads)}, {{"mode", mode}});
          builder.Output(builder.Conv(y, 2, 1));
          PlainQuantization options;
          if (wide) options.sixteen_bits = {x, y};
          const Lowered lowered = LowerPlainly(builder, options);
          EXPECT_GE(lowered.Count("Gather"), 1);
          EXPECT_LE(lowered.Count("Transpose"), 1) << "the image is padded as it lies";
          ExpectNodesWithinHalfAStep(lowered);
        }
      }
    }
  }
}

// The value that it pads with widens the output's range, or stands at its end.
TEST(LowerGather, PadsWithNumbers) {
  for (const float value : {-0.5F, 3.0F, -std::numeric_limits<float>::infinity(), -3.4e38F}) {
    for (const bool shared : {false, true}) {
      for (const bool island : {false, true}) {
        SCOPED_TRACE(std::to_string(value) + (shared ? " shared" : "") + (island ? " in floats" : ""));
        GraphBuilder builder;
        const TensorId x = Image(builder, false);
        const TensorId y =
            builder.Node("Pad", {x, builder.Ints({0, 0, 1, 0, 0, 0, 0, 2}), builder.Constant({}, {value})});
        const bool number = std::abs(value) < 1e30F;
        // Behind infinities a maximum over real elements.
        builder.Output(builder.Node(
            "MaxPool", {y}, {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{1, 1}}, {"pads", Ints{0, 0, 0, 0}}}));
        PlainQuantization options;
        if (!number) options.shared = {y};
        options.share_moves = shared && !number;
        if (island) options.islands = {y, builder.graph().outputs[0]};
        const Lowered lowered = LowerPlainly(builder, options);
        EXPECT_GE(lowered.Count("Gather"), 2);
        if (number || (island && !std::isinf(value))) ExpectNodesWithinHalfAStep(lowered);
        for (const float element : lowered.outputs[0]) EXPECT_TRUE(std::isfinite(element));
      }
    }
  }
}

TEST(LowerGather, IndicesOfEveryAxis) {
  for (int64_t axis = 0; axis < 4; ++axis) {
    for (const bool turned : {false, true}) {
      for (const bool island : {false, true}) {
        GraphBuilder builder;
        const TensorId x = Image(builder, turned);
        const int64_t extent = builder.shape(x)[static_cast<size_t>(axis)];
        const TensorId y = builder.Node("Gather", {x, builder.Ints({extent - 1, 0, -1, 0, -extent})}, {{"axis", axis}});
        builder.Output(builder.Node("Sigmoid", {y}));
        PlainQuantization options;
        if (island) options.islands = {y};
        const Lowered lowered = LowerPlainly(builder, options);
        EXPECT_EQ(lowered.Count("Gather"), 1);
        ExpectNodesWithinHalfAStep(lowered);
      }
    }
  }
}

TEST(LowerGather, RepeatsAndBackwardSlices) {
  for (const bool turned : {false, true}) {
    GraphBuilder builder;
    const TensorId x = Image(builder, turned);
    const TensorId row = builder.Node("ReduceMean", {x}, {{"axes", Ints{2}}});
    builder.Output(builder.Node("Tile", {x, builder.Ints({1, 2, 1, 3})}));
    builder.Output(builder.Node("Expand", {row, builder.Ints({2, 4, 3, 1})}));
    builder.Output(builder.Node(
        "Slice", {x, builder.Ints({-1, 4}), builder.Ints({-99, 0}), builder.Ints({1, 2}), builder.Ints({-1, -2})}));
    PlainQuantization options;
    const Lowered lowered = LowerPlainly(builder, options);
    EXPECT_EQ(lowered.Count("Gather"), 6);
    ExpectNodesWithinHalfAStep(lowered);
  }
}

// Positions are taken as elements are.
TEST(LowerGather, OfPositions) {
  GraphBuilder builder;
  const TensorId x = Image(builder, false);
  const std::vector<TensorId> top = builder.TopK(x, 3, 3, true);
  builder.Output(builder.Node("Gather", {top[1], builder.Ints({2, 0, 2})}, {{"axis", int64_t{3}}}));
  const Lowered lowered = LowerPlainly(builder);
  EXPECT_EQ(lowered.Count("Gather"), 1);
  ExpectNodesWithinHalfAStep(lowered);
}

}  // namespace
}  // namespace lockstep::test
