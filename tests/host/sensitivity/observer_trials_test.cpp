#include "sensitivity/observer_trials.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "quantize/noise_network.h"

namespace lockstep::sensitivity {
namespace {

using quantize::AffineParams;
using quantize::ObserverKind;

constexpr int kPictures = 3;

std::unique_ptr<quantize::CalibrationSource> Noise(uint32_t seed) {
  return std::make_unique<quantize::NoiseSource>(kPictures, seed);
}

const std::vector<Pictures> kOnePass{[] { return Noise(2); }};

double Silu(double x) { return x / (1.0 + std::exp(-x)); }

double Rounded(double value, const AffineParams& params) {
  const double level = std::floor(value / params.scale + params.zero_point + 0.5);
  return params.scale * (std::clamp(level, 0.0, static_cast<double>(params.high())) - params.zero_point);
}

// The error's share of y's energy if the four channels of `joined`, whose sum is y, are rounded.
double ByHand(const AffineParams& params, uint32_t seed) {
  double energy = 0.0;
  double error = 0.0;
  const auto pictures = Noise(seed);
  while (const auto picture = pictures->Next()) {
    const std::vector<float>& x = picture->tensors.at("x").data;
    const size_t pixels = x.size() / 2;
    for (size_t i = 0; i < pixels; ++i) {
      const double first = x[i];
      const double second = x[pixels + i];
      double y = 0.0;
      double measured = 0.0;
      for (const double in_front :
           {2.0 * first - second + 0.25, 0.5 * first + 3.0 * second - 0.5, 0.1 * first, 0.1 * second}) {
        y += Silu(in_front);
        measured += Rounded(Silu(in_front), params);
      }
      energy += y * y;
      error += (measured - y) * (measured - y);
    }
  }
  return error / energy;
}

const std::vector<RangeTrial> kRanges = {{{ObserverKind::kMinMax}, AffineParams{0.1, 3, 8}},   // far too wide
                                         {{ObserverKind::kMse}, AffineParams{0.02, 14, 8}},    // as it should be
                                         {{ObserverKind::kAdmm}, AffineParams{0.021, 14, 8}},  // hardly worse
                                         {{ObserverKind::kKl}, AffineParams{0.005, 56, 8}}};   // clips what is above 1

std::vector<ObserverTrials> Measured(int threads, const std::vector<Pictures>& passes = kOnePass) {
  const quantize::QuantizedGraph quantized = quantize::Quantized(quantize::Network(), {});
  const auto id = [&](const char* name) { return quantized.graph.Find(name); };
  std::vector<ObserverTrials> groups;
  groups.push_back({{id("a"), id("pool"), id("joined")}, kRanges});
  groups.push_back({{id("y")}, {kRanges[0]}});
  MeasureObservers(quantized, passes, threads, nullptr, groups);
  return groups;
}

// What `joined` takes over from `a` is rounded there, once.
TEST(ObserverTrials, TheErrorIsThatOfTheOutputsWithTheGroupAloneRounded) {
  const std::vector<ObserverTrials> groups = Measured(1);
  for (size_t i = 0; i < kRanges.size(); ++i) {
    const double by_hand = ByHand(kRanges[i].params.affine(), 2);
    EXPECT_NEAR(groups[0].ranges[i].error, by_hand, 1e-3 * by_hand) << i;
  }
  EXPECT_EQ(groups[0].best, 1U);
}

TEST(ObserverTrials, WhatCostsMostIsInOnePassAlone) {
  const std::vector<ObserverTrials> groups = Measured(2, {[] { return Noise(2); }, [] { return Noise(3); }});
  for (size_t i = 0; i < kRanges.size(); ++i) {
    const double first = ByHand(kRanges[i].params.affine(), 2);
    const double both = (first + ByHand(kRanges[i].params.affine(), 3)) / 2;
    const bool alone = first > 2 * ByHand(kRanges[1].params.affine(), 2);
    EXPECT_NEAR(groups[0].ranges[i].error, alone ? first : both, 1e-3 * first) << i;
  }
  EXPECT_EQ(groups[0].best, 1U);
}

TEST(ObserverTrials, WhereThereIsNoChoiceNothingIsMeasured) {
  const std::vector<ObserverTrials> groups = Measured(1);
  EXPECT_EQ(groups[1].best, 0U);
  EXPECT_EQ(groups[1].ranges[0].error, 0.0);
}

TEST(ObserverTrials, AreTheSameForAnyNumberOfThreads) {
  const std::vector<ObserverTrials> one = Measured(1);
  const std::vector<ObserverTrials> two = Measured(2);
  for (size_t i = 0; i < kRanges.size(); ++i) EXPECT_EQ(one[0].ranges[i].error, two[0].ranges[i].error) << i;
}

TEST(ObserverTrials, RangesThatAreNearlyEqualAreTriedOnce) {
  const auto formats = [](double scale, int32_t zero_point) {
    return Formats{{1, AffineParams{scale, zero_point, 8}}, {2, AffineParams{scale, zero_point, 8}}};
  };
  const std::vector<ObserverTrials> groups = DistinctRanges({{1, 2}}, {{ObserverKind::kMinMax, formats(0.1, 10)},
                                                                       {ObserverKind::kPercentile, formats(0.1002, 11)},
                                                                       {ObserverKind::kMse, formats(0.1, 20)},
                                                                       {ObserverKind::kKl, formats(0.05, 10)},
                                                                       {ObserverKind::kOctav, formats(0.0501, 10)}});
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].tensors, (std::vector<graph::TensorId>{1, 2}));
  ASSERT_EQ(groups[0].ranges.size(), 3U);
  EXPECT_EQ(groups[0].ranges[0].observers,
            (std::vector<ObserverKind>{ObserverKind::kMinMax, ObserverKind::kPercentile}));
  EXPECT_EQ(groups[0].ranges[1].observers, (std::vector<ObserverKind>{ObserverKind::kMse}));
  EXPECT_EQ(groups[0].ranges[2].observers, (std::vector<ObserverKind>{ObserverKind::kKl, ObserverKind::kOctav}));
  EXPECT_EQ(groups[0].ranges[2].params.scales[0], 0.05);
}

}  // namespace
}  // namespace lockstep::sensitivity
