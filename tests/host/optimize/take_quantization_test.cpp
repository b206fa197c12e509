#include "optimize/take_quantization.h"

#include <gtest/gtest.h>

#include "optimize/optimize.h"
#include "support/small_graph.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

constexpr int64_t kUint8 = 2;
constexpr int64_t kInt8 = 3;
constexpr int64_t kUint16 = 4;
constexpr int64_t kInt16 = 5;
constexpr int64_t kInt32 = 6;

struct Quantized {
  SmallGraph small;

  TensorId Pair(TensorId x, float scale, int64_t zero, int64_t type = kUint8, float other_scale = 0.0F) {
    const TensorId zero_point = small.Ints({zero});
    const TensorId levels =
        small.Add("QuantizeLinear", {x, small.Floats({1}, {scale}), zero_point}, {{"output_dtype", type}});
    return small.Add("DequantizeLinear",
                     {levels, small.Floats({1}, {other_scale > 0.0F ? other_scale : scale}), zero_point});
  }

  TensorId Constant(const graph::Shape& shape, const std::vector<int64_t>& levels, const std::vector<float>& scales,
                    int64_t axis) {
    const TensorId id = small.Ints(levels);
    small.graph.tensor(id).shape = shape;
    return small.Add("DequantizeLinear", {id, small.Floats({static_cast<int64_t>(scales.size())}, scales)},
                     {{"axis", axis}});
  }
};

void ExpectScales(const graph::Graph& graph, TensorId id, const std::vector<float>& scales, int64_t axis) {
  const auto& given = graph.tensor(id).given_scales;
  ASSERT_TRUE(given) << graph.tensor(id).name;
  EXPECT_EQ(given->values, scales);
  EXPECT_EQ(given->axis, axis);
}

const graph::Node* OnlyNode(const graph::Graph& graph, const std::string& op) {
  const graph::Node* found = nullptr;
  for (const graph::Node& node : graph.nodes) {
    if (node.op != op) continue;
    if (found != nullptr) return nullptr;
    found = &node;
  }
  return found;
}

TEST(TakeQuantization, PairsBecomeScalesOfTheTensorsAroundThem) {
  Quantized net;
  const TensorId x = net.small.Input("x", {1, 4});
  const TensorId in = net.Pair(x, 0.5F, 7);
  const TensorId relu = net.small.Add("Relu", {in});
  graph::Graph graph = net.small.Finish({net.Pair(relu, 0.25F, -3, kInt8)});
  const std::string relu_name = graph.tensor(relu).name;
  const graph::GivenQuantization given = TakeQuantization(graph);
  EXPECT_EQ(testing::Operators(graph), "Identity Relu Identity");
  ASSERT_EQ(given.tensors.count("x"), 1U);
  EXPECT_EQ(given.tensors.at("x").scale, 0.5F);
  EXPECT_EQ(given.tensors.at("x").zero_point, 7);
  ASSERT_EQ(given.tensors.count(relu_name), 1U);
  EXPECT_EQ(given.tensors.at(relu_name).scale, 0.25F);
  EXPECT_EQ(given.tensors.at(relu_name).zero_point, 125) << "levels with a sign begin at -128";
  EXPECT_EQ(given.tensors.count(graph.tensor(graph.outputs[0]).name), 1U);
}

TEST(TakeQuantization, WhatIsNoPairStays) {
  const auto count = [](Quantized& net, TensorId output) {
    graph::Graph graph = net.small.Finish({output});
    return TakeQuantization(graph).tensors.size();
  };
  Quantized other;
  EXPECT_EQ(count(other, other.Pair(other.small.Input("x", {4}), 0.5F, 7, kUint8, 0.25F)), 0U) << "another scale";
  Quantized wide;
  EXPECT_EQ(count(wide, wide.Pair(wide.small.Input("x", {4}), 0.5F, 7, kInt32)), 0U) << "32 bits";
  Quantized nothing;
  EXPECT_EQ(count(nothing, nothing.Pair(nothing.small.Input("x", {4}), 0.0F, 7)), 0U) << "a scale of 0";
  Quantized beyond;
  EXPECT_EQ(count(beyond, beyond.Pair(beyond.small.Input("x", {4}), 0.5F, 256)), 0U) << "a zero point that is no level";
  Quantized levels;
  const TensorId x = levels.small.Input("x", {4});
  const TensorId y = levels.small.Add("QuantizeLinear", {x, levels.small.Floats({1}, {0.5F}), levels.small.Ints({7})},
                                      {{"output_dtype", kUint8}});
  EXPECT_EQ(count(levels, y), 0U) << "the levels are what the network gives";
}

TEST(TakeQuantization, ScalesOfConstantsAreTheirs) {
  Quantized net;
  SmallGraph& small = net.small;
  const TensorId x = small.Input("x", {1, 2, 3, 3});
  const TensorId levels = small.Ints({1, -2, 3, 127});
  small.graph.tensor(levels).shape = {2, 2, 1, 1};
  const TensorId weights =
      small.Add("DequantizeLinear", {levels, small.Floats({2}, {0.5F, 0.125F})}, {{"axis", int64_t{0}}});
  graph::Graph graph = small.Finish({small.Add("Conv", {x, weights})});
  const std::string name = graph.tensor(weights).name;
  TakeQuantization(graph);
  Optimize(graph);
  ASSERT_EQ(testing::Operators(graph), "Conv");
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[1]).name, name);
  ExpectScales(graph, graph.nodes[0].inputs[1], {0.5F, 0.125F}, 0);
}

TEST(TakeQuantization, ScalesGoWithTheConstantsThatPassesMake) {
  // y = x * Transpose(matrix) * 4, the matrix with a scale for each column.
  Quantized net;
  SmallGraph& small = net.small;
  const TensorId x = small.Input("x", {5, 3});
  const TensorId matrix = small.Add("Transpose", {net.Constant({2, 3}, {1, -2, 3, 127, 5, 6}, {0.5F, 0.125F}, 0)},
                                    {{"perm", std::vector<int64_t>{1, 0}}});
  const TensorId product = small.Add("MatMul", {x, matrix});
  graph::Graph graph = small.Finish({small.Add("Mul", {product, small.Scalar(-4.0F)})});
  TakeQuantization(graph);
  Optimize(graph);
  const graph::Node* conv = OnlyNode(graph, "Conv");
  ASSERT_NE(conv, nullptr) << testing::Operators(graph);
  ExpectScales(graph, conv->inputs[1], {2.0F, 0.5F}, 0);

  Quantized gemm;
  const TensorId rows = gemm.small.Input("x", {5, 3});
  const TensorId columns = gemm.Constant({3, 2}, {1, -2, 3, 127, 5, 6}, {0.5F, 0.125F}, -1);
  graph::Graph other = gemm.small.Finish({gemm.small.Add("Gemm", {rows, columns}, {{"alpha", 0.5F}})});
  TakeQuantization(other);
  Optimize(other);
  conv = OnlyNode(other, "Conv");
  ASSERT_NE(conv, nullptr) << testing::Operators(other);
  ExpectScales(other, conv->inputs[1], {0.25F, 0.0625F}, 0);
}

TEST(TakeQuantization, ScalesOfLinesAndOfWhatIsFoldedIntoThem) {
  Quantized net;
  SmallGraph& small = net.small;
  const TensorId x = small.Input("x", {1, 1, 9});
  const TensorId weights = net.Constant({2, 1, 3}, {1, -2, 3, 127, 5, 6}, {0.5F}, 0);
  const TensorId conv = small.Add("Conv", {x, weights});
  const TensorId scaled = small.Add("Mul", {conv, small.Floats({1, 2, 1}, {3.0F, -0.5F})});
  graph::Graph graph = small.Finish({scaled});
  TakeQuantization(graph);
  Optimize(graph);
  const graph::Node* only = OnlyNode(graph, "Conv");
  ASSERT_NE(only, nullptr) << testing::Operators(graph);
  ExpectScales(graph, only->inputs[1], {1.5F, 0.25F}, 0);
}

TEST(TakeQuantization, ScalesAlongTheRowsOfAMatrixAreNoneOfItsColumns) {
  Quantized net;
  const TensorId x = net.small.Input("x", {5, 2});
  const TensorId matrix = net.Constant({2, 2}, {1, -2, 3, 127}, {0.5F, 0.125F}, 0);
  graph::Graph graph = net.small.Finish({net.small.Add("MatMul", {x, matrix})});
  TakeQuantization(graph);
  Optimize(graph);
  const graph::Node* conv = OnlyNode(graph, "Conv");
  ASSERT_NE(conv, nullptr);
  EXPECT_FALSE(graph.tensor(conv->inputs[1]).given_scales);
}

TEST(TakeQuantization, IntegersOfMoreThan8BitsHaveNoScaleOf8) {
  Quantized net;
  const TensorId x = net.small.Input("x", {1, 1, 3, 3});
  const TensorId weights = net.Constant({2, 1, 1, 1}, {-30000, 7}, {0.5F}, 0);
  graph::Graph graph = net.small.Finish({net.small.Add("Conv", {x, weights})});
  TakeQuantization(graph);
  EXPECT_FALSE(graph.tensor(weights).given_scales);
}

// Quantisers leave out a Relu in front of levels that begin at 0.
TEST(TakeQuantization, LevelsOnOneSideOf0AreAClip) {
  Quantized net;
  SmallGraph& small = net.small;
  const TensorId conv = small.Conv(small.Input("x", {1, 2, 4, 4}), 2, 2, 1);
  const TensorId clipped = net.Pair(conv, 0.5F, -128, kInt8);
  const TensorId same = net.Pair(conv, 0.5F, -128, kInt8);
  const TensorId pool = small.Add("MaxPool", {clipped}, {{"kernel_shape", std::vector<int64_t>{2, 2}}});
  graph::Graph graph = small.Finish({net.Pair(pool, 0.5F, 0), same});
  const std::string name = graph.tensor(conv).name;
  const graph::GivenQuantization given = TakeQuantization(graph);
  EXPECT_EQ(testing::Operators(graph), "Conv Clip Identity MaxPool Identity") << "the pool's output has no signs";
  const graph::Node* clip = OnlyNode(graph, "Clip");
  ASSERT_NE(clip, nullptr);
  EXPECT_EQ(graph.tensor(clip->inputs[1]).constant->floats, std::vector<float>{0.0F});
  EXPECT_EQ(graph.tensor(clip->inputs[2]).constant->floats, std::vector<float>{127.5F});
  EXPECT_EQ(given.tensors.count(name), 1U);
  Optimize(graph);
  EXPECT_EQ(testing::Operators(graph), "Conv+Clip MaxPool");
}

TEST(TakeQuantization, WhatOthersReadUnclippedHasNotTheLevelsOfTheClip) {
  Quantized net;
  SmallGraph& small = net.small;
  const TensorId conv = small.Conv(small.Input("x", {1, 2, 4, 4}), 2, 2, 1);
  graph::Graph graph = small.Finish({net.Pair(conv, 0.5F, 0), small.Add("Tanh", {conv})});
  const std::string name = graph.tensor(conv).name;
  const graph::GivenQuantization given = TakeQuantization(graph);
  EXPECT_EQ(given.tensors.count(name), 0U);
  EXPECT_EQ(given.tensors.count(graph.tensor(graph.outputs[0]).name), 1U);
}

TEST(TakeQuantization, NoClipWhereThereIsNothingToCut) {
  const auto operators = [](Quantized& net, TensorId output) {
    graph::Graph graph = net.small.Finish({output});
    TakeQuantization(graph);
    return testing::Operators(graph);
  };
  Quantized relu;
  EXPECT_EQ(operators(relu, relu.Pair(relu.small.Add("Relu", {relu.small.Input("x", {4})}), 0.5F, 0)), "Relu Identity");
  Quantized both;
  EXPECT_EQ(operators(both, both.Pair(both.small.Add("Tanh", {both.small.Input("x", {4})}), 0.5F, 3)), "Tanh Identity");
  Quantized square;
  const TensorId x = square.small.Input("x", {4});
  const TensorId mean =
      square.small.Add("ReduceMean", {square.small.Add("Mul", {x, x})}, {{"axes", std::vector<int64_t>{0}}});
  EXPECT_EQ(operators(square, square.Pair(mean, 0.5F, 0)), "Mul ReduceMean Identity");
  Quantized below;  // what was never negative is cut off below 0
  const TensorId positive = below.small.Add("Relu", {below.small.Input("x", {4})});
  const TensorId negative = below.small.Add("Clip", {positive, below.small.Scalar(-5.0F), below.small.Scalar(-1.0F)});
  EXPECT_EQ(operators(below, below.Pair(negative, 0.5F, 0)), "Relu Clip Clip");
  Quantized input;
  EXPECT_EQ(operators(input, input.Pair(input.small.Input("x", {4}), 0.5F, 0)), "Identity");
}

TEST(TakeQuantization, LevelsOf16Bits) {
  Quantized net;
  const TensorId x = net.small.Input("x", {1, 4});
  const TensorId in = net.Pair(x, 0.5F, 700, kUint16);
  graph::Graph graph = net.small.Finish({net.Pair(net.small.Add("Tanh", {in}), 0.25F, -5, kInt16)});
  const graph::GivenQuantization given = TakeQuantization(graph);
  EXPECT_EQ(testing::Operators(graph), "Identity Tanh Identity");
  EXPECT_EQ(given.tensors.at("x").zero_point, 700);
  EXPECT_EQ(given.tensors.at("x").bits, 16);
  EXPECT_EQ(given.tensors.at(graph.tensor(graph.outputs[0]).name).zero_point, 32763);
}

// A Relu that a quantiser dropped because the levels begin at 0.
TEST(TakeQuantization, LevelsThatBeginAtZeroClipSumsAndProducts) {
  for (const bool relu : {false, true}) {
    for (const int readers : {1, 2}) {
      Quantized net;
      TensorId x = net.small.Conv(net.small.Input("x", {1, 3, 4, 4}), 3, 4, 1);
      if (relu) x = net.small.Add("Relu", {x});
      const TensorId first = net.Pair(x, 1.0F / 16.0F, -128, kInt8);
      TensorId y = net.small.Add("Tanh", {first});
      if (readers == 2) {
        const graph::Node undo = net.small.graph.nodes[net.small.graph.nodes.size() - 2];
        y = net.small.Add("Add", {y, net.small.Add("DequantizeLinear", undo.inputs)});
      }
      graph::Graph graph = net.small.Finish({y});
      const graph::Graph before = graph;
      EXPECT_EQ(TakeQuantization(graph).tensors.at(graph.tensor(x).name).zero_point, 0);
      EXPECT_LE(testing::LargestOutputDifference(before, graph), 1.01 / 16.0);
      Optimize(graph);
      EXPECT_LE(testing::LargestOutputDifference(before, graph), 1.01 / 16.0);
      EXPECT_EQ(testing::Operators(graph).rfind(relu ? "Conv+Relu Tanh" : "Conv+Clip Tanh", 0), 0U)
          << testing::Operators(graph);
    }
  }
}

}  // namespace
}  // namespace lockstep::optimize
