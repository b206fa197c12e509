#include "quantize/corrections/bias_correction.h"

#include <gtest/gtest.h>

#include "output_error.h"

namespace lockstep::quantize {
namespace {

// What the mean errors of the channels of `a` add to y, in reals.
double MeanError(const QuantizedGraph& quantized, const std::vector<double>& errors) {
  const QuantizedWeights& weights = quantized.weights.at({"y", 1});
  double sum = 0.0;
  for (size_t i = 0; i < errors.size(); ++i) sum += weights.scales()[0] * weights.values[i] * errors[i];
  return sum;
}

TEST(BiasCorrection, WhatTheFeaturesAddOnTheAverageIsTakenFromTheBias) {
  const SmallGraph net = UnequalNetwork();
  QuantizedGraph quantized = Quantized(net, {});
  const std::vector<double> errors{0.4, -0.15};
  const int64_t before = quantized.weights.at({"y", 1}).bias[0];
  const std::vector<BiasShift> shifts = ShiftBiases(quantized, {{net.Id("a"), errors}});
  ASSERT_EQ(shifts.size(), 1U);
  EXPECT_EQ(shifts[0].node, "y");

  const QuantizedWeights& weights = quantized.weights.at({"y", 1});
  const double unit = weights.scales()[0] * quantized.formats.at(net.Id("a")).scales[0];
  const double added = MeanError(quantized, errors);
  const double left = added + unit * static_cast<double>(weights.bias[0] - before);
  EXPECT_LE(std::abs(left), 0.5 * unit * 1.000001) << "the bias is an integer";
  EXPECT_LT(std::abs(left), 0.5 * std::abs(added)) << added;
}

TEST(BiasCorrection, WhatHasNoErrorStays) {
  const SmallGraph net = UnequalNetwork();
  QuantizedGraph quantized = Quantized(net, {});
  const std::vector<int64_t> before = quantized.weights.at({"y", 1}).bias;
  EXPECT_TRUE(ShiftBiases(quantized, {}).empty());
  EXPECT_TRUE(ShiftBiases(quantized, {{net.Id("a"), {0.0, 0.0}}}).empty());
  EXPECT_EQ(quantized.weights.at({"y", 1}).bias, before);
}

}  // namespace
}  // namespace lockstep::quantize
