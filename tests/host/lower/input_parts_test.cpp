// Inputs that are read in two 8-bit parts.
#include "lower/input_parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "equal_layers.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;
using quantize::InputParts;

// A network whose last node reads 16 bits and writes 16: as it is, and in parts.
struct Case {
  const char* op;
  int64_t groups;
  ActivationKind activation;
};

QuantizedSample SampleOf(const Case& of) {
  GraphBuilder builder(3);
  const auto x = builder.Input("x", {1, 3, 10, 8});
  const auto first = builder.Conv(x, 16, 3, 1, 1, ActivationKind::kSilu);
  graph::TensorId y = graph::kNoTensor;
  if (of.op == std::string("Conv")) {
    y = builder.Conv(first, 16, 3, 1, of.groups, of.activation);
  } else {
    const auto weights = builder.Constant({16, 4, 2, 2}, builder.Random(16 * 4 * 2 * 2));
    const auto bias = builder.Constant({4}, builder.Random(4));
    y = builder.Node(of.op, {first, weights, bias}, {{"strides", std::vector<int64_t>{2, 2}}}, {of.activation});
  }
  builder.Output(y);
  PlainQuantization options;
  options.sixteen_bits = {first, y};
  const graph::TensorId before = builder.graph().nodes.back().pre_activation;
  if (before != graph::kNoTensor) options.bits[before] = 16;
  return QuantizePlainly(builder.graph(), options);
}

double Largest(const std::vector<float>& values) {
  double largest = 0.0;
  for (const float value : values) largest = std::max(largest, std::abs(static_cast<double>(value)));
  return largest;
}

class InputPartsTest : public testing::TestWithParam<Case> {};

TEST_P(InputPartsTest, TheSumIsWhatSixteenBitsGive) {
  QuantizedSample sample = SampleOf(GetParam());
  const std::string node = sample.quantized.graph.nodes.back().name;
  const Lowered whole = LowerSample(sample);
  sample.quantized.input_parts[node] = InputParts::kHigh;
  const Lowered high = LowerSample(sample);
  sample.quantized.input_parts[node] = InputParts::kHighAndLow;
  const Lowered parts = LowerSample(sample);
  ASSERT_EQ(parts.outputs.size(), 1U);
  double difference = 0.0;
  double of_high = 0.0;
  for (size_t i = 0; i < parts.outputs[0].size(); ++i) {
    difference = std::max(difference, std::abs(static_cast<double>(parts.outputs[0][i]) - whole.outputs[0][i]));
    of_high = std::max(of_high, std::abs(static_cast<double>(high.outputs[0][i]) - whole.outputs[0][i]));
  }
  // A step of the input and of each of the three 16-bit tensors behind it, to a 65,536th of their ranges; 8 bits lose a
  // 512th of the input's range.
  EXPECT_LT(difference, Largest(whole.outputs[0]) / 8192);
  EXPECT_LT(difference, of_high / 16);
  EXPECT_GT(of_high, 0.0);
  ExpectEqualLayers(parts.file, 5, 2);
  ExpectEqualLayers(high.file, 5, 1);
}

TEST_P(InputPartsTest, LayersAreNamedAfterTheNode) {
  QuantizedSample sample = SampleOf(GetParam());
  const graph::Node node = sample.quantized.graph.nodes.back();
  sample.quantized.input_parts[node.name] = InputParts::kHighAndLow;
  const Lowered parts = LowerSample(sample);
  std::vector<std::string> names;
  for (const joint::Layer* layer : *parts.engine->model().layers()) names.push_back(layer->name()->str());
  for (const char* suffix : {"", "_split_low", "_split_sum"}) {
    const std::string name = lower::ShortName(node.name) + suffix;
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Nodes, InputPartsTest,
                         testing::Values(Case{"Conv", 1, ActivationKind::kNone}, Case{"Conv", 1, ActivationKind::kRelu},
                                         Case{"Conv", 1, ActivationKind::kSilu},
                                         Case{"Conv", 16, ActivationKind::kRelu},
                                         Case{"Conv", 4, ActivationKind::kNone},
                                         Case{"ConvTranspose", 1, ActivationKind::kNone}));

// Every level of 9 to 16 bits, with zero anywhere: the parts together are the level, or one beside it.
TEST(InputParts, HighAndLowAreTheLevel) {
  for (const int bits : {9, 12, 16}) {
    for (const double low : {0.0, -0.001, -1.0, -2.5, -4.0}) {
      GraphBuilder builder(4);
      const auto x = builder.Input("x", {1, 1, 64, 64});
      const auto scaled = builder.Node("Mul", {x, builder.Constant({1}, {4.0F})});
      const auto spread = builder.Node("Add", {scaled, builder.Constant({1}, {static_cast<float>(low)})});
      const auto y = builder.Node("Conv", {spread, builder.Constant({1, 1, 1, 1}, {1.0F})});
      builder.Output(y);
      PlainQuantization options;
      options.bits = {{spread, bits}, {y, 16}};
      QuantizedSample sample = QuantizePlainly(builder.graph(), options);
      sample.quantized.input_parts[builder.graph().nodes.back().name] = InputParts::kHighAndLow;
      const double step = sample.quantized.formats.at(spread).scales[0];
      const Lowered parts = LowerSample(std::move(sample));
      const std::string name = builder.graph().tensor(spread).name;
      const std::vector<float>& levels = parts.values.at(name);
      for (size_t i = 0; i < levels.size(); ++i) {
        ASSERT_NEAR(parts.outputs[0][i], levels[i], 1.6 * step + 4.0 / 65536)
            << bits << " bits, from " << low << ", element " << i;
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::test
