// Interpolate: numbers of weights and sizes around them, types, sums of every size, on both sides of what 32 bits hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "exact_requantize.h"
#include "float_case.h"

namespace lockstep::kernels {
namespace {

using joint::DType;
using Shape = std::vector<int32_t>;

// Of rows or columns.
struct Axis {
  std::vector<int32_t> first;
  std::vector<int32_t> weights;
};

// Anywhere in the input; the absolute weights of an output index add up to `sum` at most, and of the first to just
// that.
Axis RandomAxis(int32_t extent, int32_t count, int32_t taps, int64_t sum, std::mt19937& random) {
  Axis axis;
  for (int32_t i = 0; i < count; ++i) {
    axis.first.push_back(static_cast<int32_t>(random() % static_cast<uint32_t>(extent - taps + 1)));
    int64_t rest = sum;
    for (int32_t tap = 0; tap < taps; ++tap) {
      const bool all = i == 0 && tap == taps - 1;
      const int64_t weight = all ? rest : static_cast<int64_t>(random()) % (rest + 1);
      rest -= weight;
      axis.weights.push_back(static_cast<int32_t>(random() % 2 == 0 ? weight : -weight));
    }
  }
  return axis;
}

struct Setting {
  DType in, out;
  int64_t row_sum, column_sum;
  int shift;
};

size_t PlaceOf(const Shape& shape, int32_t n, int32_t row, int32_t column, int32_t channel) {
  return static_cast<size_t>(((n * shape[1] + row) * shape[2] + column) * shape[3] + channel);
}

struct Taps {
  int32_t rows, columns;
};

// visit(batch, row, column, channel) for every output element, in order.
template <typename Visit>
void ForEachOf(const Shape& shape, Visit visit) {
  for (int32_t n = 0; n < shape[0]; ++n) {
    for (int32_t row = 0; row < shape[1]; ++row) {
      for (int32_t column = 0; column < shape[2]; ++column) {
        for (int32_t channel = 0; channel < shape[3]; ++channel) visit(n, row, column, channel);
      }
    }
  }
}

LayerCase Case(TestTensor x, const Shape& out, const Taps& taps) {
  LayerCase test;
  test.layer.name = "layer";
  test.inputs.push_back(std::move(x));
  test.output.shape = out;
  test.about = std::to_string(taps.rows) + " rows, " + std::to_string(taps.columns) + " columns, ";
  return test;
}

void CheckInterpolation(const Shape& in, const Shape& out, const Taps& taps, const Setting& setting,
                        std::mt19937& random) {
  TestTensor x = RandomTensor(setting.in, in, random);
  x.zero_point = static_cast<int32_t>(random()) & LimitOf(setting.in);
  const Axis rows = RandomAxis(in[1], out[1], taps.rows, setting.row_sum, random);
  const Axis columns = RandomAxis(in[2], out[2], taps.columns, setting.column_sum, random);
  LayerCase test = Case(std::move(x), out, taps);
  test.output.dtype = setting.out;
  test.output.zero_point = static_cast<int32_t>(random()) & LimitOf(setting.out);
  joint::InterpolateT o;
  o.multiplier = static_cast<int32_t>((uint32_t{1} << 30) + random() % (uint32_t{1} << 30));
  o.shift = setting.shift;
  o.clamp_low = random() % 2 == 0 ? 0 : test.output.zero_point / 2;
  o.clamp_high = std::max(o.clamp_low, LimitOf(setting.out) - (random() % 2 == 0 ? 0 : 3));
  std::vector<int64_t> sums;
  ForEachOf(out, [&](int32_t n, int32_t row, int32_t column, int32_t channel) {
    int64_t sum = 0;
    for (int32_t i = 0; i < taps.rows; ++i) {
      for (int32_t j = 0; j < taps.columns; ++j) {
        const size_t place = PlaceOf(in, n, rows.first[row] + i, columns.first[column] + j, channel);
        const int64_t d = test.inputs[0].Get(static_cast<int64_t>(place)) - test.inputs[0].zero_point;
        sum += int64_t{rows.weights[row * taps.rows + i]} * columns.weights[column * taps.columns + j] * d;
      }
    }
    sums.push_back(sum);
    const int64_t scaled = ExactRequantize(sum, o.multiplier, o.shift);
    AppendActivation(test.output, ClampTo(test.output.zero_point + scaled, o.clamp_low, o.clamp_high));
  });
  o.rows = rows.first;
  o.columns = columns.first;
  o.row_weights = rows.weights;
  o.column_weights = columns.weights;
  test.about += "shift " + std::to_string(o.shift);
  const int32_t multiplier = o.multiplier;
  test.layer.options.Set(std::move(o));
  ExpectEveryKernelGives(test, [&](int64_t element) {
    return "sum " + std::to_string(sums[static_cast<size_t>(element)]) + ", multiplier " + std::to_string(multiplier);
  });
}

struct Sizes {
  Shape in, out;
};
const Sizes kSizes[] = {{{2, 5, 7, 19}, {2, 9, 4, 19}},
                        {{1, 1, 1, 3}, {1, 4, 6, 3}},
                        {{1, 6, 4, 1}, {1, 1, 9, 1}},
                        {{3, 2, 3, 2}, {3, 3, 1, 2}},
                        {{1, 5, 6, 130}, {1, 3, 7, 130}}};

TEST(Interpolate, EveryNumberOfWeightsAndPairOfTypes) {
  std::mt19937 random(121);
  const Setting settings[] = {{DType::U8, DType::U8, 3000, 2000, 22},
                              {DType::U8, DType::U16, 3000, 2000, 14},
                              {DType::U16, DType::U8, 1 << 19, 700000, 46},
                              {DType::U16, DType::U16, 1 << 19, 700000, 38}};
  for (const Setting& setting : settings) {
    for (const Sizes& sizes : kSizes) {
      for (const Taps& taps : {Taps{1, 1}, Taps{2, 2}, Taps{4, 4}, Taps{1, 2}, Taps{3, 1}, Taps{5, 3}}) {
        const Taps present{std::min(taps.rows, sizes.in[1]), std::min(taps.columns, sizes.in[2])};
        CheckInterpolation(sizes.in, sizes.out, present, setting, random);
      }
    }
  }
}

TEST(Interpolate, EveryShift) {
  std::mt19937 random(122);
  for (int shift = -30; shift <= 31; ++shift) {
    CheckInterpolation({1, 3, 4, 5}, {1, 4, 5, 5}, {2, 2}, {DType::U8, DType::U16, 1, 1, shift}, random);
    CheckInterpolation({1, 3, 4, 5}, {1, 4, 5, 5}, {2, 2}, {DType::U8, DType::U8, 2900, 2900, shift}, random);
  }
  for (int shift = -30; shift <= 55; ++shift) {
    const int64_t sum = shift < -10 ? 1 : (shift < 8 ? 100 : 740000);
    CheckInterpolation({1, 3, 4, 5}, {1, 4, 5, 5}, {2, 4}, {DType::U16, DType::U16, sum, sum, shift}, random);
  }
}

// As much as the loader lets through: 255 * 2896 * 2907 is just below 2^31, 65535 * 741454 * 741448 below 2^55.
TEST(Interpolate, TheLargestSums) {
  std::mt19937 random(123);
  for (int i = 0; i < 20; ++i) {
    CheckInterpolation({1, 4, 4, 60}, {1, 3, 3, 60}, {2, 2}, {DType::U8, DType::U16, 2896, 2907, 15}, random);
    CheckInterpolation({1, 4, 4, 60}, {1, 3, 3, 60}, {1, 1}, {DType::U8, DType::U8, 1, 8421504, 25}, random);
    CheckInterpolation({1, 4, 4, 60}, {1, 3, 3, 60}, {2, 2}, {DType::U16, DType::U16, 741454, 741448, 40}, random);
    CheckInterpolation({1, 4, 4, 60}, {1, 3, 3, 60}, {1, 1}, {DType::U16, DType::U16, 2147483647, 200, 40}, random);
  }
}

// Rows first: their sum in the order of the weights, then the columns'.
TEST(Interpolate, OfFloats) {
  std::mt19937 random(124);
  const auto floats = [&random](const Axis& axis) {
    std::vector<float> weights;
    for (const int32_t weight : axis.weights) {
      weights.push_back(random() % 9 == 0 ? 0.0F : static_cast<float>(weight) / 3000.0F);
    }
    return weights;
  };
  for (const Sizes& sizes : kSizes) {
    for (const bool special : {false, true}) {
      const Taps taps{std::min(4, sizes.in[1]), std::min(special ? 2 : 3, sizes.in[2])};
      LayerCase test = Case(RandomFloats(sizes.in, random, special), sizes.out, taps);
      const Axis rows = RandomAxis(sizes.in[1], sizes.out[1], taps.rows, 4000, random);
      const Axis columns = RandomAxis(sizes.in[2], sizes.out[2], taps.columns, 4000, random);
      joint::InterpolateT o;
      o.rows = rows.first;
      o.columns = columns.first;
      o.float_row_weights = floats(rows);
      o.float_column_weights = floats(columns);
      test.output = FloatOutput(sizes.out);
      ForEachOf(sizes.out, [&](int32_t n, int32_t row, int32_t column, int32_t channel) {
        float y = 0.0F;
        for (int32_t j = 0; j < taps.columns; ++j) {
          float t = 0.0F;
          for (int32_t i = 0; i < taps.rows; ++i) {
            const size_t place = PlaceOf(sizes.in, n, rows.first[row] + i, columns.first[column] + j, channel);
            const float term =
                o.float_row_weights[row * taps.rows + i] * At(test.inputs[0], static_cast<int64_t>(place));
            t = i == 0 ? term : t + term;
          }
          const float term = o.float_column_weights[column * taps.columns + j] * t;
          y = j == 0 ? term : y + term;
        }
        AppendFloat(test.output, y);
      });
      test.layer.options.Set(std::move(o));
      ExpectEveryKernelGives(test);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
