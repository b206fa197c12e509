#include "quantize/corrections/error_compensation.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "output_error.h"

namespace lockstep::quantize {
namespace {

// The weights of `y` that matter are a thousandth of one beside them.
const std::vector<float> kWeights{30.0F, 0.031F, -0.047F, 0.022F};

SmallGraph WideWeights() {
  SmallGraph net;
  net.Input("x", {1, 2, kSide, kSide});
  net.Conv("a", net.Id("x"), 4, {1, 0, 0, 1, 1, 1, 1, -1});
  net.Fuse(graph::ActivationKind::kRelu);
  net.Conv("y", net.Id("a"), 1, kWeights);
  net.Output(net.Id("y"));
  return net;
}

// What the integers of the node's weights stand for.
std::vector<double> ValuesOf(const QuantizedGraph& quantized, const std::string& node) {
  const QuantizedWeights& weights = quantized.weights.at({node, 1});
  std::vector<double> values;
  for (const int16_t value : weights.values) values.push_back(weights.scales()[0] * value);
  return values;
}

TEST(ErrorCompensation, BothPartsTogetherAreTheWeights) {
  const std::vector<double> plain = ValuesOf(Quantized(WideWeights(), {}), "y");
  SmallGraph net = WideWeights();
  QuantizeOptions options;
  options.threads = 1;
  const CompensationResult result =
      CompensateErrors(net.graph, {{Scope::Parse("y"), CompensatedPart::kWeight}}, options);
  ASSERT_EQ(result.nodes.size(), 1U);
  EXPECT_TRUE(result.nodes[0].weight);
  EXPECT_FALSE(result.nodes[0].input);
  options.policy = result.rules;
  options.input_parts = result.input_parts;
  const QuantizedGraph quantized = Quantized(net, options);
  const std::vector<double> high = ValuesOf(quantized, "y");
  const std::vector<double> low = ValuesOf(quantized, "y_split_low");
  for (size_t i = 0; i < kWeights.size(); ++i) {
    const double before = std::abs(plain[i] - kWeights[i]);
    const double after = std::abs(high[i] + low[i] - kWeights[i]);
    EXPECT_LE(after, 0.5 * 30.0 / 127.0 / 254.0) << "half a level of the low part, weight " << i;
    if (i > 0) {
      EXPECT_LT(after, 0.5 * before) << i;
    }
  }
  EXPECT_LT(OutputDifference(WideWeights(), net), 1e-6);
}

TEST(ErrorCompensation, TheTailKeepsItsBits) {
  SmallGraph net = WideWeights();
  net.Fuse(graph::ActivationKind::kSigmoid);
  const QuantizedGraph before = Quantized(net, {});
  QuantizeOptions options;
  options.policy = CompensateErrors(net.graph, {{Scope::Parse("y"), CompensatedPart::kWeight}}, {}).rules;
  const QuantizedGraph after = Quantized(net, options);
  for (const char* name : {"y", "y.pre"}) {
    EXPECT_EQ(after.formats.at(net.Id(name)).bits, before.formats.at(net.Id(name)).bits) << name;
  }
  EXPECT_EQ(after.formats.at(net.Id("y")).bits, 16);
}

TEST(ErrorCompensation, WhatHasNoConstantWeightsIsRefused) {
  SmallGraph net = Network();
  EXPECT_THROW(CompensateErrors(net.graph, {{Scope::Parse("pool"), CompensatedPart::kWeight}}, {}), UsageError);
}

}  // namespace
}  // namespace lockstep::quantize
