// LayerNormalization: lengths, types, both ends of every parameter, rows without a deviation.
#include <gtest/gtest.h>

#include <cmath>

#include "exact_requantize.h"
#include "float_case.h"
#include "kernel_tester.h"

namespace lockstep::kernels {
namespace {

using joint::DType;

int64_t FloorRoot(uint64_t w) {
  auto root = static_cast<uint64_t>(std::sqrt(static_cast<double>(w)));
  while (root > 0 && (root > 0xffffffffU || root * root > w)) --root;
  while (root < 0xffffffffU && (root + 1) * (root + 1) <= w) ++root;
  return static_cast<int64_t>(root);
}

// The normalised elements of a row, from docs/arithmetic.md.
std::vector<int64_t> Normalised(const std::vector<int64_t>& x, const joint::LayerNormalizationT& o) {
  const auto n = static_cast<int64_t>(x.size());
  int64_t sum = 0;
  int64_t squares = 0;
  for (const int64_t value : x) {
    sum += value;
    squares += value * value;
  }
  auto w = static_cast<uint64_t>(n * squares - sum * sum);
  for (int i = 0; i < o.variance_shift; ++i) w *= 4;
  w += o.epsilon;
  std::vector<int64_t> result(x.size(), 0);
  if (w == 0) return result;
  int t = 0;
  for (; w < uint64_t{1} << 62; ++t) w *= 4;
  const auto q = static_cast<int64_t>((uint64_t{1} << 63) / static_cast<uint64_t>(FloorRoot(w)));
  const int k = 63 - t - o.fraction_bits;
  for (size_t i = 0; i < x.size(); ++i) {
    const int64_t product = (n * x[i] - sum) * (int64_t{1} << o.variance_shift) * q;
    result[i] = (product >> k) + (product >> (k - 1) & 1);
  }
  return result;
}

struct Setting {
  DType in, out;
  int variance_shift;  // -1: the largest that the loader lets through
  int fraction_bits;
  uint64_t epsilon;
  int shift;
};

void CheckRows(TestTensor x, int32_t n, const Setting& setting, std::mt19937& random) {
  LayerCase test;
  test.layer.name = "layer";
  joint::LayerNormalizationT o;
  int u = setting.variance_shift;
  for (u = u < 0 ? 30 : u; u > 0 && (int64_t{n} * LimitOf(x.dtype)) << u >= int64_t{1} << 31;) --u;
  o.variance_shift = static_cast<uint8_t>(u);
  o.fraction_bits = static_cast<uint8_t>(setting.fraction_bits);
  o.epsilon = setting.epsilon;
  o.multiplier = static_cast<int32_t>((1U << 30U) + (random() >> 2U));
  o.shift = setting.shift;
  o.clamp_low = LimitOf(setting.out) / 16;
  o.clamp_high = LimitOf(setting.out) - LimitOf(setting.out) / 8;
  TestTensor gamma;
  gamma.dtype = DType::S16;
  gamma.shape = {n};
  TestTensor beta;
  beta.dtype = DType::S64;
  beta.shape = {n};
  std::vector<int64_t> gammas;
  std::vector<int64_t> betas;
  for (int32_t i = 0; i < n; ++i) {
    constexpr int64_t kGammas[] = {0, 32767, -32767, -32768};
    constexpr int64_t kBetas[] = {0, (int64_t{1} << 54) - 1, 1 - (int64_t{1} << 54), 1};
    gammas.push_back(random() % 2 == 0 ? kGammas[random() % 4] : static_cast<int16_t>(random()));
    betas.push_back(random() % 4 == 0 ? kBetas[random() % 4] : int64_t{static_cast<int32_t>(random())} * 16);
    Append(gamma, static_cast<int16_t>(gammas.back()));
    Append(beta, betas.back());
  }
  test.output.dtype = setting.out;
  test.output.shape = x.shape;
  test.output.zero_point = static_cast<int32_t>(random()) & LimitOf(setting.out);
  std::vector<int64_t> sums;
  for (int64_t row = 0; row < x.Elements(); row += n) {
    std::vector<int64_t> values;
    for (int32_t i = 0; i < n; ++i) values.push_back(x.Get(row + i));
    const std::vector<int64_t> h = Normalised(values, o);
    for (size_t i = 0; i < h.size(); ++i) {
      sums.push_back(h[i] * gammas[i] + betas[i]);
      const int64_t scaled = ExactRequantize(sums.back(), o.multiplier, o.shift);
      AppendActivation(test.output, ClampTo(test.output.zero_point + scaled, o.clamp_low, o.clamp_high));
    }
  }
  test.inputs = {std::move(x), std::move(gamma), std::move(beta)};
  test.about = "rows of " + std::to_string(n) + ", variance_shift " + std::to_string(u) + ", fraction_bits " +
               std::to_string(setting.fraction_bits) + ", epsilon " + std::to_string(setting.epsilon) + ", shift " +
               std::to_string(setting.shift);
  test.layer.options.Set(o);
  ExpectEveryKernelGives(test, [&](int64_t element) {
    return "sum " + std::to_string(sums[static_cast<size_t>(element)]) + ", multiplier " + std::to_string(o.multiplier);
  });
}

constexpr uint64_t kLargestEpsilon = (uint64_t{1} << 62) - 1;

const Setting kSettings[] = {
    {DType::U8, DType::U8, -1, 16, 1000, 23},
    {DType::U8, DType::U16, -1, 24, 12345678, 24},
    {DType::U16, DType::U8, -1, 20, 1, 28},
    {DType::U16, DType::U16, 0, 24, 0, 22},
    {DType::U8, DType::U8, 0, 8, kLargestEpsilon, 0},
    {DType::U16, DType::U16, -1, 8, kLargestEpsilon, 1},
    {DType::U8, DType::U16, 3, 12, uint64_t{1} << 40, 11},
    {DType::U16, DType::U8, 0, 24, 3, 31},
};

TEST(LayerNormalization, LengthsTypesParameters) {
  std::mt19937 random(71);
  for (const Setting& setting : kSettings) {
    for (const int32_t n : {1, 2, 3, 7, 64, 257, 5000}) {
      CheckRows(RandomTensor(setting.in, {1, n > 1000 ? 2 : 9, n}, random), n, setting, random);
    }
    CheckRows(RandomTensor(setting.in, {3, 2, 5, 4}, random), 20, setting, random);  // two axes together
  }
}

TEST(LayerNormalization, RowsOfEqualElementsAndSingleOnes) {
  std::mt19937 random(72);
  for (const Setting& setting : kSettings) {
    TestTensor x;
    x.dtype = setting.in;
    x.shape = {5, 33};
    const int32_t limit = LimitOf(x.dtype);
    for (int i = 0; i < 33; ++i) AppendActivation(x, limit);
    for (int i = 0; i < 33; ++i) AppendActivation(x, 0);
    for (int i = 0; i < 33; ++i) AppendActivation(x, i == 7 ? limit : 0);
    for (int i = 0; i < 33; ++i) AppendActivation(x, i == 32 ? 0 : limit);
    for (int i = 0; i < 33; ++i) AppendActivation(x, i == 0 ? limit - 1 : limit);
    CheckRows(std::move(x), 33, setting, random);
  }
}

TEST(LayerNormalization, TheLongestRows) {
  std::mt19937 random(73);
  for (const uint64_t epsilon : {uint64_t{0}, kLargestEpsilon}) {
    CheckRows(RandomTensor(DType::U16, {1, 32768}, random), 32768, {DType::U16, DType::U16, -1, 24, epsilon, 20},
              random);
    TestTensor single;
    single.dtype = DType::U16;
    single.shape = {1, 32768};
    for (int i = 0; i < 32768; ++i) AppendActivation(single, i == 5 ? 65535 : 0);
    CheckRows(std::move(single), 32768, {DType::U16, DType::U8, -1, 24, epsilon, 31}, random);
  }
}

float SumInLanes(const std::vector<float>& terms) {
  float lanes[8] = {};
  for (size_t i = 0; i < terms.size(); ++i) lanes[i % 8] += terms[i];
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

TEST(LayerNormalization, OfFloatsInLanes) {
  std::mt19937 random(74);
  for (const int32_t n : {1, 2, 7, 8, 9, 64, 1003}) {
    for (const bool special : {false, true}) {
      for (const float epsilon : {0.0F, 1e-5F}) {
        LayerCase test;
        test.layer.name = "layer";
        test.inputs = {RandomFloats({2, 3, n}, random, special), RandomFloats({n}, random, special),
                       RandomFloats({n}, random, special)};
        test.output = FloatOutput({2, 3, n});
        for (int64_t row = 0; row < 6; ++row) {
          std::vector<float> differences;
          std::vector<float> squares;
          for (int64_t i = 0; i < n; ++i) differences.push_back(At(test.inputs[0], row * n + i));
          const float mean = SumInLanes(differences) / static_cast<float>(n);
          for (float& x : differences) {
            x = x - mean;
            squares.push_back(x * x);
          }
          const float factor = f1::ReciprocalSqrt(SumInLanes(squares) / static_cast<float>(n) + epsilon);
          for (int64_t i = 0; i < n; ++i) {
            const float scaled = (differences[static_cast<size_t>(i)] * factor) * At(test.inputs[1], i);
            AppendFloat(test.output, scaled + At(test.inputs[2], i));
          }
        }
        joint::LayerNormalizationT options;
        options.float_epsilon = epsilon;
        test.about = "rows of " + std::to_string(n);
        test.layer.options.Set(options);
        ExpectEveryKernelGives(test);
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
