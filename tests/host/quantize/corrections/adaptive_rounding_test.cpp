#include "quantize/corrections/adaptive_rounding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "output_error.h"

namespace lockstep::quantize {
namespace {

constexpr size_t kCount = 8;
constexpr double kScale = 0.1;
constexpr int32_t kHighest = 7;

std::vector<float> Weights() {
  std::mt19937 random(3);
  std::vector<float> weights(kCount);
  // All are rounded to the same side.
  for (float& weight : weights) {
    weight = static_cast<float>(kScale * (static_cast<double>(random() % 7) - 3.0 + 0.3 + 0.02 * (random() % 5)));
  }
  return weights;
}

std::vector<int16_t> Nearest(const std::vector<float>& weights) {
  std::vector<int16_t> levels;
  for (const float weight : weights) levels.push_back(static_cast<int16_t>(std::lround(weight / kScale)));
  return levels;
}

double Error(const std::vector<float>& weights, const std::vector<float>& objective,
             const std::vector<int16_t>& levels) {
  double sum = 0.0;
  for (size_t i = 0; i < kCount; ++i) {
    for (size_t j = 0; j < kCount; ++j) {
      sum += (kScale * levels[i] - weights[i]) * objective[i * kCount + j] * (kScale * levels[j] - weights[j]);
    }
  }
  return sum;
}

// Inputs that are alike: what rounding adds to one weight can be taken from another.
std::vector<float> Alike() {
  std::vector<float> objective(kCount * kCount, 1.0F);
  for (size_t i = 0; i < kCount; ++i) objective[i * kCount + i] = 1.05F;
  return objective;
}

TEST(AdaptiveRounding, ErrorsOfAlikeInputsCancel) {
  const std::vector<float> weights = Weights();
  const std::vector<float> objective = Alike();
  std::vector<int16_t> levels = Nearest(weights);
  const double nearest = Error(weights, objective, levels);
  const RoundingError error = AdaptRounding(weights.data(), kCount, kScale, kHighest, objective, levels.data());
  EXPECT_NEAR(error.nearest, nearest, 1e-6 * nearest);
  EXPECT_NEAR(error.adapted, Error(weights, objective, levels), 1e-6 * nearest);
  EXPECT_LT(error.adapted, kHalf * nearest);
}

// Of all ways to round each weight up or down the best is found by trying them.
TEST(AdaptiveRounding, WinsNineTenthsOfWhatTheBestOfAllRoundingsWins) {
  const std::vector<float> weights = Weights();
  const std::vector<float> objective = Alike();
  std::vector<int16_t> levels = Nearest(weights);
  const RoundingError error = AdaptRounding(weights.data(), kCount, kScale, kHighest, objective, levels.data());
  double best = error.nearest;
  for (unsigned way = 0; way < (1U << kCount); ++way) {
    std::vector<int16_t> tried;
    for (size_t i = 0; i < kCount; ++i) {
      tried.push_back(static_cast<int16_t>(std::floor(weights[i] / kScale) + ((way >> i) & 1U)));
    }
    best = std::min(best, Error(weights, objective, tried));
  }
  EXPECT_GE(error.nearest - error.adapted, 0.9 * (error.nearest - best)) << error.adapted << " beside " << best;

  for (size_t i = 0; i < kCount; ++i) {
    for (const int step : {-1, 1}) {
      std::vector<int16_t> changed = levels;
      changed[i] = static_cast<int16_t>(changed[i] + step);
      EXPECT_GE(Error(weights, objective, changed), (1.0 - 1e-6) * error.adapted) << "no weight lessens it, nor " << i;
    }
  }
}

TEST(AdaptiveRounding, OfIndependentInputsTheNearestIntegersAreTheBest) {
  const std::vector<float> weights = Weights();
  std::vector<float> objective(kCount * kCount, 0.0F);
  for (size_t i = 0; i < kCount; ++i) objective[i * kCount + i] = 1.0F + static_cast<float>(i);
  std::vector<int16_t> levels = Nearest(weights);
  AdaptRounding(weights.data(), kCount, kScale, kHighest, objective, levels.data());
  EXPECT_EQ(levels, Nearest(weights));
}

TEST(AdaptiveRounding, LevelsStayWithinTheHighest) {
  const std::vector<float> weights(kCount, 0.34F);
  std::vector<int16_t> levels(kCount, 3);
  AdaptRounding(weights.data(), kCount, kScale, 3, Alike(), levels.data());
  EXPECT_EQ(levels, std::vector<int16_t>(kCount, 3)) << "each is rounded down, and none may go up";
}

}  // namespace
}  // namespace lockstep::quantize
