#include <gtest/gtest.h>

#include "graph/error.h"
#include "optimize/optimize.h"
#include "support/small_graph.h"

namespace lockstep::optimize {
namespace {

using graph::kNoTensor;
using graph::Shape;
using graph::TensorId;
using testing::SmallGraph;

using Ints = std::vector<int64_t>;
using Attributes = std::map<std::string, graph::Attribute>;

std::string ErrorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const BadInput& error) {
    return error.what();
  }
  return "no error";
}

Shape PoolShape(const Shape& input, const Attributes& attributes) {
  SmallGraph small;
  const TensorId y = small.Add("MaxPool", {small.Input("x", input)}, attributes);
  return small.Finish({y}).tensor(y).shape;
}

TEST(InferShapes, PlacesWindows) {
  const Ints three{3, 3};
  EXPECT_EQ(PoolShape({1, 2, 7, 8}, {{"kernel_shape", three}}), (Shape{1, 2, 5, 6}));
  EXPECT_EQ(PoolShape({1, 2, 7, 8}, {{"kernel_shape", three}, {"strides", Ints{2, 2}}}), (Shape{1, 2, 3, 3}));
  EXPECT_EQ(PoolShape({1, 2, 7, 8}, {{"kernel_shape", three}, {"strides", Ints{2, 2}}, {"ceil_mode", int64_t{1}}}),
            (Shape{1, 2, 3, 4}));
  EXPECT_EQ(PoolShape({1, 2, 7, 8}, {{"kernel_shape", three}, {"dilations", Ints{2, 3}}}), (Shape{1, 2, 3, 2}));
  EXPECT_EQ(PoolShape({1, 2, 7, 8},
                      {{"kernel_shape", three}, {"auto_pad", std::string("SAME_LOWER")}, {"strides", Ints{2, 3}}}),
            (Shape{1, 2, 4, 3}));
  EXPECT_EQ(PoolShape({1, 2, 7, 8}, {{"kernel_shape", three}, {"auto_pad", std::string("VALID")}}),
            (Shape{1, 2, 5, 6}));
  // The last window of ceil_mode would lie in the padding alone and is left out.
  EXPECT_EQ(PoolShape({1, 1, 3, 3}, {{"kernel_shape", Ints{1, 1}},
                                     {"strides", Ints{2, 2}},
                                     {"pads", Ints{0, 0, 1, 1}},
                                     {"ceil_mode", int64_t{1}}}),
            (Shape{1, 1, 2, 2}));
}

// Each case is a mistake in a model; the message names the node and the numbers.
struct Mistake {
  std::string expected;
  std::function<TensorId(SmallGraph&, TensorId)> build;
};

TEST(InferShapes, NamesTheNodeOfAContradiction) {
  const std::vector<Mistake> mistakes = {
      {"node 'Conv_0' (Conv): input has 3 channels", [](SmallGraph& g, TensorId x) { return g.Conv(x, 4, 2, 1); }},
      {"node 'Conv_0' (Conv): its attribute 'group' is 2; allowed: divisors of its 3 output channels",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Conv", {x, g.Random({3, 3, 1, 1})}, {{"group", int64_t{2}}});
       }},
      {"node 'Conv_0' (Conv): its window of 9 is larger", [](SmallGraph& g, TensorId x) { return g.Conv(x, 3, 2, 9); }},
      {"'strides' has the entry 0; allowed: 1 to",
       [](SmallGraph& g, TensorId x) {
         return g.Conv(x, 3, 2, 1, {{"strides", Ints{0, 1}}});
       }},
      {"'pads' has 3 entries; allowed: 4",
       [](SmallGraph& g, TensorId x) {
         return g.Conv(x, 3, 2, 1, {{"pads", Ints{0, 1, 1}}});
       }},
      {"bias has shape 5",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Conv", {x, g.Random({2, 3, 1, 1}), g.Random({5})});
       }},
      {"1x3x4x6 and 1x3x5x6 do not broadcast",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Add", {x, g.Random({1, 3, 5, 6})});
       }},
      {"cannot give 1x3x4x6 the shape 7x?",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Reshape", {x, g.Ints({7, -1})});
       }},
      {"two free axes",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Reshape", {x, g.Ints({-1, -1})});
       }},
      {"'axis' is 4; allowed for rank 4: -4 to 3",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Softmax", {g.Add("Concat", {x, x}, {{"axis", int64_t{4}}})});
       }},
      {"do not fit on axis 1",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Concat", {x, g.Random({1, 3, 5, 6})}, {{"axis", int64_t{1}}});
       }},
      {"its sizes add up to 4 instead of 3",
       [](SmallGraph& g, TensorId x) {
         return g.AddMany("Split", {x, g.Ints({2, 2})}, 2, {{"axis", int64_t{1}}})[0];
       }},
      {"it has 2 outputs and 3 sizes",
       [](SmallGraph& g, TensorId x) {
         return g.AddMany("Split", {x, g.Ints({1, 1, 1})}, 2, {{"axis", int64_t{1}}})[0];
       }},
      {"'perm' is not a permutation",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Transpose", {x}, {{"perm", Ints{0, 1, 1, 2}}});
       }},
      {"it has the step 0",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Slice", {x, g.Ints({0}), g.Ints({1}), g.Ints({1}), g.Ints({0})});
       }},
      {"differ in length",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Slice", {x, g.Ints({0}), g.Ints({1, 2})});
       }},
      {"axis 1 of 1x3x4x6 is not 1",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Squeeze", {x, g.Ints({1})});
       }},
      {"its pads leave nothing of axis 2",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Pad", {x, g.Ints({0, 0, -5, 0, 0, 0, 0, 0})});
       }},
      {"it has neither scales nor sizes", [](SmallGraph& g, TensorId x) { return g.Add("Resize", {x}); }},
      {"it has 2 scales for 4 axes",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Resize", {x, kNoTensor, g.Floats({2}, {2, 2})});
       }},
      {"input 1 is missing", [](SmallGraph& g, TensorId x) { return g.Add("Conv", {x}); }},
      {"would have",
       [](SmallGraph& g, TensorId x) {
         return g.Add("Tile", {x, g.Ints({1 << 20, 1 << 20, 1, 1})});
       }},
  };
  for (const Mistake& mistake : mistakes) {
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 3, 4, 6});
    const std::string error = ErrorOf([&] { small.Finish({mistake.build(small, x)}); });
    EXPECT_NE(error.find(mistake.expected), std::string::npos) << error << "\nexpected: " << mistake.expected;
    EXPECT_NE(error.find("node '"), std::string::npos) << error;
  }
}

TEST(InferShapes, FollowsShapeArithmetic) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 6, 4, 2});
  const TensorId shape = small.Add("Shape", {x});
  const TensorId batch = small.Add("Gather", {shape, small.Ints({0})});
  const TensorId channels = small.Add("Slice", {shape, small.Ints({1}), small.Ints({2})});
  const TensorId half = small.Add("Div", {channels, small.Ints({2})});
  const TensorId target = small.Add("Concat", {batch, half, small.Ints({-1})}, {{"axis", int64_t{0}}});
  const TensorId y = small.Add("Reshape", {x, target});
  const graph::Graph graph = small.Finish({y});
  EXPECT_EQ(graph.tensor(y).shape, (Shape{1, 3, 16}));
}

TEST(InferShapes, LeavesWhatHangsOnAnUnknownOperatorOpen) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 3, 4, 4});
  const TensorId strange = small.Add("com.example.Strange", {x});
  const TensorId y = small.Add("Add", {small.Conv(strange, 3, 3, 1), x});
  const TensorId known = small.Add("Relu", {x});
  const graph::Graph graph = small.Finish({y, known});
  EXPECT_EQ(graph.tensor(strange).shape, graph::kUnknownShape);
  EXPECT_EQ(graph.tensor(y).shape, graph::kUnknownShape);
  EXPECT_EQ(graph.tensor(known).shape, (Shape{1, 3, 4, 4}));
}

TEST(FoldConstants, MakesShapeChainsVanish) {
  SmallGraph small;
  const TensorId x = small.Input("x", {1, 6, 4, 2});
  const TensorId shape = small.Add("Shape", {x});
  const TensorId area =
      small.Add("Mul", {small.Add("Gather", {shape, small.Ints({2})}), small.Add("Gather", {shape, small.Ints({3})})});
  const TensorId target = small.Add("Concat", {small.Ints({1, -1}), area}, {{"axis", int64_t{0}}});
  const TensorId grid =
      small.Add("Cast",
                {small.Add("Range", {small.Add("Squeeze", {small.Ints({0})}), small.Add("Squeeze", {area}),
                                     small.Add("Squeeze", {small.Ints({1})})})},
                {{"to", graph::kOnnxFloat}});
  const TensorId y = small.Add("Add", {small.Add("Reshape", {x, target}), grid});
  graph::Graph graph = small.Finish({y});
  const graph::Graph before = graph;
  EXPECT_EQ(FoldConstants(graph), 10);
  EXPECT_EQ(testing::Operators(graph), "Reshape Add");
  EXPECT_LE(testing::LargestOutputDifference(before, graph), 0.0);
  EXPECT_EQ(FoldConstants(graph), 0);
}

TEST(FoldConstants, LeavesWhatWouldFillTheMemory) {
  SmallGraph small;
  const TensorId huge = small.Add("ConstantOfShape", {small.Ints({1 << 15, 1 << 15, 2})});
  graph::Graph graph = small.Finish({huge});
  EXPECT_EQ(FoldConstants(graph), 0);
  EXPECT_EQ(testing::Operators(graph), "ConstantOfShape");
}

TEST(FoldConstants, LeavesAnIntegerDivisionByZero) {
  SmallGraph small;
  const TensorId x = small.Input("x", {2});
  const TensorId quotient = small.Add("Div", {small.Add("Shape", {x}), small.Ints({0})});
  graph::Graph graph = small.Finish({quotient});
  EXPECT_EQ(FoldConstants(graph), 1);
  EXPECT_EQ(testing::Operators(graph), "Div");
}

}  // namespace
}  // namespace lockstep::optimize
