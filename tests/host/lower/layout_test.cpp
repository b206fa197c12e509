#include "lower/layout.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "graph_builder.h"

namespace lockstep::test {
namespace {

using graph::Shape;
using lower::Axes;

TEST(ViewAxes, AFreeReshapeOfChannelsLastData) {
  // (1,64,80,80) stored N,H,W,C to (1,64,6400): the same bytes stored N,HW,C.
  EXPECT_EQ(lower::ViewAxes({1, 64, 80, 80}, {0, 2, 3, 1}, {1, 64, 6400}), (Axes{0, 2, 1}));
  // The channels may be split as long as they stay in order.
  EXPECT_EQ(lower::ViewAxes({1, 64, 8400}, {0, 2, 1}, {1, 4, 16, 8400}), (Axes{0, 3, 1, 2}));
}

TEST(ViewAxes, JoiningAxesThatAreApartNeedsACopy) {
  EXPECT_EQ(lower::ViewAxes({1, 64, 80, 80}, {0, 2, 3, 1}, {1, 409600}), std::nullopt);
  EXPECT_EQ(lower::ViewAxes({2, 3, 4}, {1, 0, 2}, {6, 4}), std::nullopt);
  EXPECT_EQ(lower::ViewAxes({2, 3, 4}, {0, 1, 2}, {6, 4}), (Axes{0, 1}));
}

TEST(ViewAxes, UnitAxesAreNeverInTheWay) {
  EXPECT_EQ(lower::ViewAxes({1, 1, 4, 8400}, {0, 3, 2, 1}, {1, 4, 8400}), (Axes{0, 2, 1}));
  EXPECT_EQ(lower::ViewAxes({1, 512, 1, 1}, {0, 2, 3, 1}, {1, 512}), (Axes{0, 1}));
  EXPECT_EQ(lower::ViewAxes({6}, {0}, {1, 2, 1, 3}), (Axes{0, 2, 1, 3}));
}

TEST(SameBytes, LooksAtOccupiedAxesOnly) {
  EXPECT_TRUE(lower::SameBytes({1, 3, 1, 5}, {0, 1, 2, 3}, {2, 0, 1, 3}));
  EXPECT_FALSE(lower::SameBytes({1, 3, 1, 5}, {0, 1, 2, 3}, {0, 2, 3, 1}));
}

// The element at each physical place of a view, followed through by brute force.
TEST(ViewAxes, AgreesWithElementOrder) {
  const std::vector<std::pair<Shape, Shape>> reshapes = {{{2, 3, 4}, {6, 4}},    {{2, 3, 4}, {2, 12}},
                                                         {{4, 6}, {2, 2, 3, 2}}, {{2, 3, 4}, {4, 3, 2}},
                                                         {{1, 6, 2}, {2, 3, 2}}, {{2, 2, 2, 2}, {4, 4}}};
  const auto onnx_index = [](const Shape& shape, const Axes& axes, int64_t place) {
    std::vector<int64_t> at(shape.size());
    for (size_t i = axes.size(); i-- > 0;) {
      at[axes[i]] = place % shape[axes[i]];
      place /= shape[axes[i]];
    }
    int64_t index = 0;
    for (size_t i = 0; i < shape.size(); ++i) index = index * shape[i] + at[i];
    return index;
  };
  int views = 0;
  for (const auto& [from, to] : reshapes) {
    Axes axes = lower::OnnxOrder(from.size());
    do {
      const auto view = lower::ViewAxes(from, axes, to);
      if (!view) continue;
      ++views;
      for (int64_t place = 0; place < graph::ElementCount(from); ++place) {
        ASSERT_EQ(onnx_index(from, axes, place), onnx_index(to, *view, place)) << graph::ToString(from);
      }
    } while (std::next_permutation(axes.begin(), axes.end()));
  }
  EXPECT_GT(views, 12);
}

TEST(ChooseLayout, ConvolutionsKeepSwappedSpatialAxes) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 6});
  const auto turned = builder.Node("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
  builder.Output(builder.Conv(turned, 4, 3));
  const lower::Layout layout = lower::ChooseLayout(builder.graph(), {});
  EXPECT_EQ(layout.stored.at(x), (Axes{0, 2, 3, 1}));
  EXPECT_EQ(layout.stored.at(turned), (Axes{0, 3, 2, 1}));
  EXPECT_EQ(layout.nodes[1].inputs[0], (Axes{0, 3, 2, 1}));
}

// Height and width may be swapped where that saves a copy, and only there.
TEST(ChooseLayout, AConvTransposeHasItsChannelsLast) {
  struct Case {
    Shape shape;
    std::vector<int64_t> perm;
    Axes expected;
  };
  const Case cases[] = {
      {{1, 3, 8, 6}, {0, 1, 2, 3}, {0, 2, 3, 1}},
      {{1, 3, 8, 6}, {0, 1, 3, 2}, {0, 3, 2, 1}},
      {{1, 3, 1, 6}, {0, 1, 2, 3}, {0, 2, 3, 1}},
      {{1, 3, 8, 6}, {0, 2, 1, 3}, {0, 2, 3, 1}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(graph::ToString(c.shape) + " turned " + graph::ToString(c.perm));
    GraphBuilder builder;
    const auto turned = builder.Node("Transpose", {builder.Input("x", c.shape)}, {{"perm", c.perm}});
    const int64_t channels = builder.shape(turned)[1];
    const auto weights = builder.Constant({channels, 2, 2, 2}, builder.Random(static_cast<size_t>(channels) * 8));
    builder.Output(builder.Node("ConvTranspose", {turned, weights}));
    EXPECT_EQ(lower::ChooseLayout(builder.graph(), {}).nodes[1].inputs[0], c.expected) << "of the ConvTranspose";
  }
}

// In the order of its input, or in the one that is wanted of a float output.
TEST(ChooseLayout, APReluLiesAsItsInput) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 6});
  const auto y = builder.Node("PRelu", {x, builder.Constant({3, 1, 1}, builder.Random(3))});
  builder.Output(y);
  EXPECT_EQ(lower::ChooseLayout(builder.graph(), {}).stored.at(y), (Axes{0, 2, 3, 1})) << "of the PRelu";
  EXPECT_EQ(lower::ChooseLayout(builder.graph(), {y}).stored.at(y), (Axes{0, 1, 2, 3})) << "of the float PRelu";
  const auto turned = builder.Node("Transpose", {y}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
  builder.graph().outputs = {turned};
  EXPECT_EQ(lower::ChooseLayout(builder.graph(), {y, turned}).stored.at(y), (Axes{0, 3, 1, 2})) << "of the float PRelu";
}

TEST(ChooseLayout, SoftmaxWantsItsAxisLast) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 6});
  builder.Output(builder.Node("Softmax", {x}, {{"axis", int64_t{2}}}));
  const lower::Layout layout = lower::ChooseLayout(builder.graph(), {});
  EXPECT_EQ(layout.nodes[0].inputs[0], (Axes{0, 3, 1, 2}));
}

TEST(ChooseLayout, AReduceMeanLeavesTheOtherAxesWhereTheyAre) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 3, 8, 6});
  const auto kept = builder.Node("ReduceMean", {x}, {{"axes", std::vector<int64_t>{2}}});
  const auto rows = builder.Node("ReduceMean", {x}, {{"axes", std::vector<int64_t>{2}}, {"keepdims", int64_t{0}}});
  const lower::Layout layout = lower::ChooseLayout(builder.graph(), {});
  EXPECT_EQ(layout.stored.at(kept), (Axes{0, 2, 3, 1}));
  EXPECT_EQ(layout.stored.at(rows), (Axes{0, 2, 1}));
}

TEST(ChooseLayout, AFloatConcatIsWrittenInTheOrderOfTheOutput) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 4, 5});
  const auto joined = builder.Node("Concat", {x, x}, {{"axis", int64_t{1}}});
  const auto output = builder.Node("Transpose", {joined}, {{"perm", std::vector<int64_t>{0, 2, 1}}});
  builder.Output(output);
  const lower::Layout layout = lower::ChooseLayout(builder.graph(), {joined, output});
  EXPECT_EQ(layout.stored.at(joined), (Axes{0, 2, 1}));
  EXPECT_EQ(layout.stored.at(output), (Axes{0, 1, 2}));
}

// Parts that are joined twice are written in order the first time, and nothing has to be turned in floats.
TEST(ChooseLayout, FloatConcatsInFrontOfAFloatConcatTakeItsOrder) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 4, 3, 5});
  const auto first = builder.Node("Concat", {x, x}, {{"axis", int64_t{1}}});
  const auto flat = builder.Node("Reshape", {first, builder.Ints({1, 8, 15})}, {{"allowzero", int64_t{1}}});
  const auto second = builder.Node("Concat", {flat, flat}, {{"axis", int64_t{2}}});
  builder.Output(second);
  const lower::Layout layout = lower::ChooseLayout(builder.graph(), {first, flat, second});
  EXPECT_EQ(layout.stored.at(first), (Axes{0, 1, 2, 3}));
  EXPECT_EQ(layout.stored.at(flat), (Axes{0, 1, 2}));
}

TEST(ChooseLayout, AConcatTakesTheOrderThatCopiesLeast) {
  GraphBuilder builder;
  const auto x = builder.Input("x", {1, 4, 5, 6});
  const auto y = builder.Input("y", {4, 30});
  const auto first = builder.Node("Reshape", {y, builder.Ints({1, 4, 5, 6})});
  const auto joined =
      builder.Node("Concat", {first, builder.Conv(x, 4, 1), builder.Conv(x, 4, 1)}, {{"axis", int64_t{1}}});
  builder.Output(joined);
  const lower::Layout layout = lower::ChooseLayout(builder.graph(), {});
  EXPECT_EQ(layout.stored.at(first), (Axes{0, 1, 2, 3}));
  EXPECT_EQ(layout.stored.at(joined), (Axes{0, 2, 3, 1}));
}

}  // namespace
}  // namespace lockstep::test
