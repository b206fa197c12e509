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

struct Quantized {
  SmallGraph small;

  TensorId Pair(TensorId x, float scale, int64_t zero, int64_t type = kUint8, float other_scale = 0.0F) {
    const TensorId zero_point = small.Ints({zero});
    const TensorId levels =
        small.Add("QuantizeLinear", {x, small.Floats({1}, {scale}), zero_point}, {{"output_dtype", type}});
    return small.Add("DequantizeLinear",
                     {levels, small.Floats({1}, {other_scale > 0.0F ? other_scale : scale}), zero_point});
  }
};

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
  EXPECT_TRUE(given.weights.empty());
}

TEST(TakeQuantization, WhatIsNoPairOf8BitsStays) {
  const auto count = [](Quantized& net, TensorId output) {
    graph::Graph graph = net.small.Finish({output});
    return TakeQuantization(graph).tensors.size();
  };
  Quantized other;
  EXPECT_EQ(count(other, other.Pair(other.small.Input("x", {4}), 0.5F, 7, kUint8, 0.25F)), 0U) << "another scale";
  Quantized wide;
  EXPECT_EQ(count(wide, wide.Pair(wide.small.Input("x", {4}), 0.5F, 7, kUint16)), 0U) << "16 bits";
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
  const graph::GivenQuantization given = TakeQuantization(graph);
  ASSERT_EQ(given.weights.count(name), 1U);
  EXPECT_EQ(given.weights.at(name), (std::vector<float>{0.5F, 0.125F}));
  Optimize(graph);
  ASSERT_EQ(testing::Operators(graph), "Conv");
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[1]).name, name)
      << "folded, it has the name by which its scales are known";
}

// Scales along the input channels of square weights are none of its output channels.
TEST(TakeQuantization, ScalesAlongAnotherAxisAreNotTaken) {
  struct Case {
    std::string op;
    int64_t axis;
    size_t taken;
  };
  for (const Case& c : {Case{"Conv", 0, 1}, Case{"Conv", 1, 0}, Case{"Conv", -4, 1}, Case{"ConvTranspose", 1, 1},
                        Case{"ConvTranspose", 0, 0}, Case{"Add", 0, 0}}) {
    SCOPED_TRACE(c.op + " along " + std::to_string(c.axis));
    SmallGraph small;
    const TensorId x = small.Input("x", {1, 2, 3, 3});
    const TensorId levels = small.Ints({1, -2, 3, 127});
    small.graph.tensor(levels).shape = {2, 2, 1, 1};
    const TensorId scales = small.Floats({2}, {0.5F, 0.125F});
    const TensorId weights = small.Add("DequantizeLinear", {levels, scales}, {{"axis", c.axis}});
    graph::Graph graph = small.Finish({small.Add(c.op, {c.op == "Add" ? weights : x, c.op == "Add" ? x : weights})});
    const graph::Graph before = graph;
    const graph::GivenQuantization given = TakeQuantization(graph);
    EXPECT_EQ(given.weights.size(), c.taken);
    Optimize(graph);
    EXPECT_LE(testing::LargestOutputDifference(before, graph), 1e-6);
  }
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
