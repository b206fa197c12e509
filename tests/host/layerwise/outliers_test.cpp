// Shares of channels by hand.
#include "layerwise/outliers.h"

#include <gtest/gtest.h>

#include "built_network.h"
#include "layerwise/channel_peaks.h"
#include "layerwise/render_outliers.h"
#include "named_flags.h"

namespace lockstep::layerwise {
namespace {

TEST(Outliers, LevelsAreBitsBelowTheLargestChannel) {
  // 64: level 0; 8: 3; 8.1: just below 3; 4: 4; 2: 5; 1: 6; 0.5: 7; one dead
  Outliers outliers;
  CountLevels({64, 8, 8.1, 4, 2, 1, 0.5, 0}, outliers);
  EXPECT_EQ(outliers.channels, 8u);
  EXPECT_DOUBLE_EQ(outliers.dead, 1.0 / 8);
  EXPECT_DOUBLE_EQ(outliers.shares[0], 5.0 / 8);  // 8, 4, 2, 1, 0.5
  EXPECT_DOUBLE_EQ(outliers.shares[1], 4.0 / 8);
  EXPECT_DOUBLE_EQ(outliers.shares[2], 3.0 / 8);
  EXPECT_DOUBLE_EQ(outliers.shares[3], 2.0 / 8);
}

TEST(Outliers, CsvHasALineForEachTensor) {
  Outliers outliers;
  outliers.tensor = "t";
  outliers.node = "n";
  outliers.op = "Conv";
  CountLevels({64, 8, 4, 0}, outliers);
  EXPECT_EQ(OutliersCsv({outliers}),
            "tensor,node,op,of,channels,dead,level_3,level_4,level_5,level_6,hint\n"
            "t,n,Conv,activations,4,0.25,0.5,0.25,0,0,\n");
}

TEST(Outliers, ADeadTensorHasNoLevels) {
  Outliers outliers;
  CountLevels({0, 0}, outliers);
  EXPECT_EQ(outliers.dead, 1.0);
  EXPECT_EQ(outliers.shares[0], 0.0);
}

TEST(ChannelPeaks, OfAnAxis) {
  const std::vector<float> values{1, -2, 3, 4, -5, 6, -70, 8};
  EXPECT_EQ(ChannelPeaks({1, 2, 2, 2}, 1, values.data()), (std::vector<double>{4, 70}));
  EXPECT_EQ(ChannelPeaks({4, 2}, 1, values.data()), (std::vector<double>{70, 8}));
}

TEST(ChannelPeaks, ChannelsAreTheSecondAxisButBesideMatrices) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 4, 2, 5});
  const graph::TensorId flat = net.Add("Reshape", {x, net.Ints({1, 4, 10})});
  const graph::TensorId product = net.Add("MatMul", {net.Add("Relu", {flat}), net.Random({10, 5})});
  const graph::Graph graph = net.Finish({product});
  const graph::Uses uses(graph);
  EXPECT_EQ(ChannelAxis(graph, uses, x), 1u);
  EXPECT_EQ(ChannelAxis(graph, uses, flat), 1u);
  EXPECT_EQ(ChannelAxis(graph, uses, graph.Find("Relu_1")), 2u);
  EXPECT_EQ(ChannelAxis(graph, uses, product), 2u);
}

TEST(ChannelPeaks, ChannelsOfAnInputMayBeLast) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 32, 24, 3});
  const graph::TensorId turned = net.Add("Transpose", {x}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
  const graph::Graph graph = net.Finish({net.Conv(turned, 3, 4, 1)});
  const graph::Uses uses(graph);
  EXPECT_EQ(ChannelAxis(graph, uses, x), 3u);
  EXPECT_EQ(ChannelAxis(graph, uses, turned), 1u);
}

class OutliersTest : public BuiltNetwork {};

// Of eight output channels of the first convolution one is a hundred times larger than five others, and two are dead.
graph::Graph OneLargeChannel(const char* function) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  std::vector<float> weights(24, 0.1F);
  for (size_t i = 0; i < 3; ++i) weights[i] = 10.0F;
  for (size_t i = 18; i < 24; ++i) weights[i] = 0.0F;
  const graph::TensorId wide = net.Add(function, {net.Add("Conv", {x, net.Floats({8, 3, 1, 1}, weights)})});
  return net.Finish({net.Conv(wide, 8, 4, 1)});
}

TEST_F(OutliersTest, OfANetworkMadeToHaveThem) {
  Build(OneLargeChannel("Relu"));
  const Analysis analysis = Analysed(Options());
  int found = 0;
  for (const Outliers& one : analysis.outliers) {
    if (one.node != both_.graph.nodes[0].name) continue;
    ++found;
    EXPECT_EQ(one.channels, 8u);
    EXPECT_DOUBLE_EQ(one.dead, 2.0 / 8);
    EXPECT_DOUBLE_EQ(one.shares[3], 5.0 / 8);
    EXPECT_EQ(one.hint.find("--cross-layer-equalization") != std::string::npos, !one.weights) << one.hint;
    ExpectFlagsOfBuild(one.hint);
  }
  EXPECT_EQ(found, 2);  // activations and weights
  const std::string text = OutliersText(analysis.outliers, 0, false);
  EXPECT_NE(text.find("0.625"), std::string::npos) << text;
}

// Of a transposed convolution of two groups with two channels each; by input channel (2 of a group) and channel.
TEST(Outliers, ChannelsOfGroupsAreCountedThroughAllGroups) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 4, 2, 2});
  const graph::TensorId w = net.Floats({4, 2, 1, 1}, {64, 1, -2, 1, 0.5F, 0, 4, 0});
  quantize::QuantizedGraph quantized;
  quantized.graph = net.Finish({net.Add("ConvTranspose", {x, w}, {{"group", int64_t{2}}})});
  const std::vector<Outliers> outliers = FindOutliers({}, {}, quantized);
  ASSERT_EQ(outliers.size(), 1u);
  // 64, 1, 4 and 0
  EXPECT_EQ(outliers[0].channels, 4u);
  EXPECT_DOUBLE_EQ(outliers[0].dead, 1.0 / 4);
  EXPECT_DOUBLE_EQ(outliers[0].shares[1], 2.0 / 4);
  EXPECT_DOUBLE_EQ(outliers[0].shares[3], 1.0 / 4);
}

// The hint of the first node's activations.
std::string HintOf(const Analysis& analysis, const graph::Graph& graph) {
  for (const Outliers& one : analysis.outliers) {
    if (one.node != graph.nodes[0].name || one.weights) continue;
    EXPECT_DOUBLE_EQ(one.shares[1], 5.0 / 8);
    ExpectFlagsOfBuild(one.hint);
    return one.hint;
  }
  return "none";
}

TEST_F(OutliersTest, WhatCannotBeScaledGetsBits) {
  Build(OneLargeChannel("HardSwish"));
  const std::string tensor = both_.graph.tensor(both_.graph.nodes[0].outputs[0]).name;
  EXPECT_EQ(HintOf(Analysed(Options()), both_.graph), "--activation-bits \"tensor:" + tensor + "=16\"");
}

TEST_F(OutliersTest, SixteenBitsAndFloatsNeedNothing) {
  Build(OneLargeChannel("Relu"), {{"precision", "int16"}});
  EXPECT_EQ(HintOf(Analysed(Options()), both_.graph), "");
  Build(OneLargeChannel("Relu"), {{"precision", "float"}});
  EXPECT_EQ(HintOf(Analysed(Options()), both_.graph), "");
}

}  // namespace
}  // namespace lockstep::layerwise
