#include "quantize/weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "graph/error.h"

namespace lockstep::quantize {
namespace {

struct Case {
  explicit Case(std::vector<float> w = {}, std::vector<float> b = {}, size_t c = 1)
      : weights(std::move(w)), bias(std::move(b)), channels(c) {}

  std::vector<float> weights;
  std::vector<float> bias;
  size_t channels;
  double input_scale = 1.0;
  double output_scale = 1.0;
  std::vector<double> means;
  int bits = 8;
  bool per_tensor = false;
};

QuantizedRows Quantized(const Case& input, WeightRangeKind kind, std::vector<std::string>* notes = nullptr) {
  WeightRows conv;
  conv.node = "conv1";
  conv.values = input.weights.data();
  conv.channels = input.channels;
  conv.per_channel = input.weights.size() / input.channels;
  conv.bias = input.bias.empty() ? nullptr : input.bias.data();
  conv.input_scales = {input.input_scale};
  conv.output_scales = {input.output_scale};
  conv.input_means = input.means;
  conv.bits = input.bits;
  conv.per_tensor = input.per_tensor;
  std::vector<std::string> ignored;
  return QuantizeWeights(conv, kind, 2, notes != nullptr ? *notes : ignored);
}

TEST(QuantizeWeights, LargestWeightBecomes127) {
  const QuantizedRows result =
      Quantized(Case({1.27F, -0.5F, 0.004F, -2.54F, 0.02F, 0.0F}, {}, 2), WeightRangeKind::kMax);
  EXPECT_EQ(result.values, (std::vector<int16_t>{127, -50, 0, -127, 1, 0}));
  EXPECT_NEAR(result.scales[0], 0.01, 1e-9);
  EXPECT_NEAR(result.scales[1], 0.02, 1e-9);
  EXPECT_EQ(result.bias, (std::vector<int64_t>{0, 0}));
}

TEST(QuantizeWeights, TheLargestIntegerFollowsTheBits) {
  const auto largest = [](int bits) {
    Case input({1.0F, -0.5F});
    input.bits = bits;
    const QuantizedRows result = Quantized(input, WeightRangeKind::kMax);
    EXPECT_NEAR(result.scales[0] * result.values[0], 1.0, 1e-6) << bits;
    return result.values;
  };
  EXPECT_EQ(largest(2), (std::vector<int16_t>{1, -1}));
  EXPECT_EQ(largest(4), (std::vector<int16_t>{7, -4}));
  EXPECT_EQ(largest(10), (std::vector<int16_t>{511, -256}));
  EXPECT_EQ(largest(16), (std::vector<int16_t>{32512, -16256}));
}

TEST(QuantizeWeights, OneScaleForAllChannels) {
  Case input({1.27F, -0.5F, 0.004F, -2.54F, 0.0F, 0.0F}, {}, 3);
  input.per_tensor = true;
  const QuantizedRows result = Quantized(input, WeightRangeKind::kMax);
  EXPECT_EQ(result.values, (std::vector<int16_t>{64, -25, 0, -127, 0, 0}));
  for (const double scale : result.scales) EXPECT_NEAR(scale, 0.02, 1e-9);
}

TEST(QuantizeWeights, OneScaleIsLargeEnoughForEveryBias) {
  Case input({1e-6F, 1e-6F}, {1.0F, 1e6F}, 2);
  input.per_tensor = true;
  std::vector<std::string> notes;
  const QuantizedRows result = Quantized(input, WeightRangeKind::kMax, &notes);
  EXPECT_EQ(result.scales[0], result.scales[1]);
  EXPECT_EQ(result.bias[1], 1 << 30);
}

// With 2 bits all four become 1: the best scale is their mean.
TEST(QuantizeWeights, AlternationFindsTheBestScaleOfItsIntegers) {
  Case input({1.0F, 1.0F, 1.0F, 1.2F});
  input.bits = 2;
  const QuantizedRows result = Quantized(input, WeightRangeKind::kAdmm);
  EXPECT_EQ(result.values, (std::vector<int16_t>{1, 1, 1, 1}));
  EXPECT_NEAR(result.scales[0], 1.05, 1e-6);
}

TEST(QuantizeWeights, BiasIsInUnitsOfTheAccumulator) {
  Case input{{1.27F, 2.54F}, {0.5F, -0.25F}, 2};
  input.input_scale = 0.1;
  const QuantizedRows result = Quantized(input, WeightRangeKind::kMax);
  EXPECT_EQ(result.bias, (std::vector<int64_t>{500, -125}));  // 0.5 / (0.1 * 0.01), -0.25 / (0.1 * 0.02)
}

TEST(QuantizeWeights, SmallIntegersBecomeExact) {
  // The expectation over 16 bins: 127 / 15 is no integer, 120 / 15 is.
  Case input;
  for (int i = 0; i < 16; ++i) input.weights.push_back(static_cast<float>(i));
  const QuantizedRows result = Quantized(input, WeightRangeKind::kMse);
  for (size_t i = 0; i < 16; ++i) {
    EXPECT_DOUBLE_EQ(result.scales[0] * result.values[i], static_cast<double>(i)) << "weight " << i;
  }
}

double SquaredError(const std::vector<float>& weights, const QuantizedRows& result) {
  double sum = 0.0;
  for (size_t i = 0; i < weights.size(); ++i) sum += std::pow(weights[i] - result.scales[0] * result.values[i], 2);
  return sum;
}

TEST(QuantizeWeights, SearchIsNeverWorseThanTheLargest) {
  std::mt19937 random(3);
  std::student_t_distribution<float> heavy_tails(3.0F);
  for (int round = 0; round < 20; ++round) {
    Case input;
    for (int i = 0; i < 576; ++i) input.weights.push_back(heavy_tails(random));
    const double largest = SquaredError(input.weights, Quantized(input, WeightRangeKind::kMax));
    EXPECT_LE(SquaredError(input.weights, Quantized(input, WeightRangeKind::kMse)), largest * 1.0001);
    EXPECT_LE(SquaredError(input.weights, Quantized(input, WeightRangeKind::kAdmm)), largest * 1.0001);
  }
}

TEST(QuantizeWeights, ChannelsWithoutWeights) {
  Case input{{0, 0, 0, 0}, {3.0F, 0.0F}, 2};
  input.input_scale = 0.02;
  input.output_scale = 0.1;
  std::vector<std::string> notes;
  const QuantizedRows result = Quantized(input, WeightRangeKind::kMse, &notes);
  EXPECT_EQ(result.values, (std::vector<int16_t>{0, 0, 0, 0}));
  for (const double scale : result.scales) EXPECT_GT(scale, 0.0);
  EXPECT_NEAR(result.bias[0] * input.input_scale * result.scales[0], 3.0, 0.1 / 1024);
  EXPECT_EQ(result.bias[1], 0);
  EXPECT_TRUE(notes.empty());
}

TEST(QuantizeWeights, BiasThatWouldOverflowEnlargesTheScale) {
  Case input{{1e-9F, -1e-9F, 1.0F, 1.0F}, {50.0F, 1.0F}, 2};
  input.input_scale = 0.01;
  std::vector<std::string> notes;
  const QuantizedRows result = Quantized(input, WeightRangeKind::kMax, &notes);
  EXPECT_LE(std::abs(result.bias[0]), 1 << 30);
  EXPECT_NEAR(result.bias[0] * input.input_scale * result.scales[0], 50.0, 1e-6);
  EXPECT_EQ(result.values[2], 127);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("conv1"), std::string::npos) << notes[0];
  EXPECT_NE(notes[0].find("1 of 2"), std::string::npos) << notes[0];
}

TEST(QuantizeWeights, ScalesStayWithinWhatAShiftReaches) {
  Case input{{1e-30F, 2e-30F}, {}, 1};
  input.input_scale = 0.01;
  input.output_scale = 0.1;
  std::vector<std::string> notes;
  const QuantizedRows result = Quantized(input, WeightRangeKind::kMax, &notes);
  EXPECT_GE(result.scales[0] * input.input_scale / input.output_scale, 0x1p-31);
  EXPECT_EQ(notes.size(), 1u);
}

TEST(QuantizeWeights, CorrectionMakesUpForRoundingOnTheAverage) {
  // Scale 0.01: 0.004 is rounded to 0 and 0.506 to 0.51, so that with means 10 and 100 the sum is short by 0.04 - 0.4.
  Case input{{1.27F, 0.004F, 0.506F}, {0.0F}, 1};
  input.input_scale = 0.01;
  input.means = {1.0, 10.0, 100.0};
  const QuantizedRows result = Quantized(input, WeightRangeKind::kMax);
  EXPECT_NEAR(result.bias[0] * 0.01 * result.scales[0], 0.04 - 0.4, 1e-4);
  input.means.clear();
  EXPECT_EQ(Quantized(input, WeightRangeKind::kMax).bias[0], 0);
}

TEST(WeightRangeKind, NamesGoBothWays) {
  EXPECT_STREQ(ToText(ParseWeightRangeKind("max")), "max");
  EXPECT_STREQ(ToText(ParseWeightRangeKind("mse")), "mse");
  EXPECT_STREQ(ToText(ParseWeightRangeKind("admm")), "admm");
  EXPECT_THROW(ParseWeightRangeKind("best"), UsageError);
}

}  // namespace
}  // namespace lockstep::quantize
