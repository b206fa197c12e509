#include "quantize/weight_operands.h"

#include <gtest/gtest.h>

#include "small_graph.h"

namespace lockstep::quantize {
namespace {

WeightOptions Plain() {
  WeightOptions options;
  options.range = WeightRangeKind::kMax;
  return options;
}

QuantizedWeights Quantized(const SmallGraph& net, const WeightOptions& options) {
  ActivationParams params;
  for (const char* name : {"x", "y"}) params[net.Id(name)] = AffineParams{1.0, 0, 8};
  std::vector<std::string> notes;
  const auto weights = QuantizeWeightOperands(net.graph, params, options, notes);
  EXPECT_EQ(weights.count({"y", 1}), 1u);
  return weights.at({"y", 1});
}

// Input channels 4, two groups, two output channels of a group: channel = group * 2 + place along axis 1.
TEST(WeightOperands, TransposedConvolutionsHaveTheChannelsOfTheirGroups) {
  SmallGraph net;
  net.Input("x", {1, 4, 2, 2});
  const auto weights = net.Constant("w", {4, 2, 1, 1}, {1.27F, -25.4F, -0.6F, 12.7F, 2.54F, 508.0F, 1.0F, -2.0F});
  const auto bias = net.Constant("b", {4}, {1.0F, 1.0F, 1.0F, 8.0F});
  net.Node("ConvTranspose", "y", {net.Id("x"), weights, bias}, {1, 4, 2, 2});
  net.graph.nodes.back().attributes["group"] = int64_t{2};
  const QuantizedWeights result = Quantized(net, Plain());
  EXPECT_EQ(result.values, (std::vector<int16_t>{127, -127, -60, 64, 127, 127, 50, -1}));
  ASSERT_EQ(result.scales().size(), 4u);
  const double scales[] = {0.01, 0.2, 0.02, 4.0};
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(result.scales()[i], scales[i], 1e-6) << i;
  EXPECT_EQ(result.bias, (std::vector<int64_t>{100, 5, 50, 2}));
  EXPECT_EQ(result.format.axis, 1);
  EXPECT_EQ(result.format.type, NumberType::kS8);
}

// (K, N): the means are those of the K.
TEST(WeightOperands, MatricesAreCorrectedByTheMeansOfTheirRows) {
  SmallGraph net;
  net.Input("x", {1, 2});
  const auto weights = net.Constant("w", {2, 2}, {1.27F, 2.54F, 0.004F, 0.018F});
  net.Node("Gemm", "y", {net.Id("x"), weights}, {1, 2});
  WeightOptions options = Plain();
  options.means[net.Id("x")] = {1000.0, 100.0};
  const QuantizedWeights result = Quantized(net, options);
  EXPECT_EQ(result.values, (std::vector<int16_t>{127, 127, 0, 1}));
  EXPECT_EQ(result.bias, (std::vector<int64_t>{40, -10}));  // 0.004 * 100 / 0.01, -0.002 * 100 / 0.02
}

TEST(WeightOperands, NodesHaveTheirOwnBitsRangesAndScales) {
  SmallGraph net;
  net.Input("x", {1, 1, 2, 2});
  net.Conv("y", net.Id("x"), 2, {0.7F, 3.5F});
  WeightOptions options = Plain();
  options.policy.nodes.resize(1);
  options.policy.nodes[0].weight_bits = 12;
  const QuantizedWeights wide = Quantized(net, options);
  EXPECT_EQ(wide.values, (std::vector<int16_t>{2047, 2047}));
  EXPECT_EQ(wide.format.bits, 12);
  EXPECT_EQ(wide.format.type, NumberType::kS16);
  options.policy.nodes[0].weight_bits = 4;
  options.policy.nodes[0].weights_per_tensor = true;
  const QuantizedWeights narrow = Quantized(net, options);
  EXPECT_EQ(narrow.values, (std::vector<int16_t>{1, 7}));
  EXPECT_EQ(narrow.format.type, NumberType::kS8);
  EXPECT_EQ(narrow.scales()[0], narrow.scales()[1]);
}

TEST(WeightOperands, NodesInFloatsKeepTheirs) {
  SmallGraph net;
  net.Input("x", {1, 1, 2, 2});
  net.Conv("y", net.Id("x"), 1, {1});
  WeightOptions options = Plain();
  options.policy.floats = {true};
  std::vector<std::string> notes;
  EXPECT_TRUE(QuantizeWeightOperands(net.graph, {}, options, notes).empty());
}

}  // namespace
}  // namespace lockstep::quantize
