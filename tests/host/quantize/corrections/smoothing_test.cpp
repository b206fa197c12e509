#include "quantize/corrections/smoothing.h"

#include <gtest/gtest.h>

#include "output_error.h"

namespace lockstep::quantize {
namespace {

SmoothingResult Smoothed(SmallGraph& net, std::optional<double> alpha) {
  NoiseSource source(4);
  return Smooth(net.graph, ResolvePolicy(net.graph, {}), alpha, source, 1);
}

// The largest value of each channel of `a` on the pictures that it was smoothed with.
std::vector<double> Largest(const SmallGraph& net) {
  engine::FloatEngineOptions options;
  options.threads = 1;
  options.keep_values = true;
  options.observed = {"a"};
  engine::FloatEngine engine(net.graph, options);
  NoiseSource source(4);
  std::vector<double> largest(2, 0.0);
  while (const auto input = source.Next()) {
    engine.Run(input->tensors);
    const std::vector<float> values = engine.Value("a").data;
    for (size_t i = 0; i < values.size(); ++i) {
      double& of_channel = largest[i / (values.size() / 2)];
      of_channel = std::max(of_channel, std::abs(static_cast<double>(values[i])));
    }
  }
  return largest;
}

TEST(Smoothing, WithAlpha1AllChannelsBecomeAlike) {
  SmallGraph net = UnequalNetwork();
  const SmoothingResult result = Smoothed(net, 1.0);
  ASSERT_EQ(result.parts.size(), 1U);
  EXPECT_EQ(result.parts[0].channels, 2U);
  for (const double largest : Largest(net)) EXPECT_NEAR(largest, 1.0, 1e-4);
}

// s = a^alpha / w^(1 - alpha), with a what a channel reaches and w the largest weight that reads it.
TEST(Smoothing, AFactorIsThatOfTheFormula) {
  constexpr double kAlpha = 0.25;
  SmallGraph net = UnequalNetwork();
  const std::vector<double> before = Largest(net);
  Smoothed(net, kAlpha);
  const std::vector<double> after = Largest(net);
  const std::vector<double> weights{0.01, 10.0};
  for (size_t i = 0; i < 2; ++i) {
    const double factor = std::pow(before[i], kAlpha) / std::pow(weights[i], 1.0 - kAlpha);
    EXPECT_NEAR(after[i], before[i] / factor, 1e-4 * after[i]) << i;
  }
}

TEST(Smoothing, TheErrorOfOneScaleFallsAndTheNetworkStays) {
  const SmallGraph before = UnequalNetwork();
  for (const std::optional<double> alpha : {std::optional<double>(), std::optional<double>(1.0)}) {
    SmallGraph after = UnequalNetwork();
    const SmoothingResult result = Smoothed(after, alpha);
    ASSERT_EQ(result.parts.size(), 1U);
    EXPECT_LT(result.parts[0].error_ratio, kHalf);
    EXPECT_LT(OutputDifference(before, after), 1e-5);
    EXPECT_LT(OutputError(after, "a"), kHalf * OutputError(before, "a"));
  }
}

}  // namespace
}  // namespace lockstep::quantize
