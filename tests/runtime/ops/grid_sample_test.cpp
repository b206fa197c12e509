// GridSample: modes, paddings and corners, types, places within the image, at its borders and far away, every shift.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "exact_requantize.h"
#include "float_case.h"

namespace lockstep::kernels {
namespace {

using joint::DType;
using joint::GridPadding;
using Shape = std::vector<int32_t>;

struct Sizes {
  Shape in, out;
};
const Sizes kSizes[] = {{{2, 5, 7, 19}, {2, 9, 4, 19}},
                        {{1, 1, 1, 3}, {1, 4, 6, 3}},
                        {{1, 6, 4, 1}, {1, 1, 9, 1}},
                        {{3, 2, 1, 2}, {3, 3, 1, 2}},
                        {{1, 5, 6, 130}, {1, 3, 7, 130}}};

// Bounces at both ends until it is within.
template <typename Number>
Number Bounced(Number p, Number low, Number high) {
  if (low == high) return 0;
  while (p < low || p > high) p = p < low ? low - p + low : high - p + high;
  return p;
}

int64_t Padded(int64_t p, int64_t size, int64_t one, const joint::GridSampleT& o) {
  if (o.padding == GridPadding::Zeros) return ClampTo(p, -one, size * one);
  const int64_t beyond = o.align_corners ? 0 : one / 2;
  if (o.padding == GridPadding::Reflection) p = Bounced(p, -beyond, (size - 1) * one + beyond);
  return ClampTo(p, 0, (size - 1) * one);
}

// Of one axis: the weight of every element of the image.
std::vector<int64_t> Weights(int64_t p, int64_t size, int64_t one, bool nearest) {
  std::vector<int64_t> weights(static_cast<size_t>(size), 0);
  for (int64_t i = 0; i < size; ++i) {
    const int64_t distance = std::abs(p - i * one);
    const bool tie = 2 * distance == one;
    weights[static_cast<size_t>(i)] =
        nearest ? (2 * distance < one || (tie && i % 2 == 0)) : std::max<int64_t>(0, one - distance);
  }
  return weights;
}

struct Setting {
  DType in, grid, out;
  int shift;
};

struct Places {
  int32_t multiplier, shift;
};

// Spreads the levels of a grid over about one and a half times the image.
Places Spread(DType grid, int64_t size, int64_t one, std::mt19937& random) {
  Places places{static_cast<int32_t>((uint32_t{1} << 30) + random() % (uint32_t{1} << 30)), 0};
  const double wanted = 1.5 * static_cast<double>(size * one) / (LimitOf(grid) + 1);
  places.shift = -1 - static_cast<int32_t>(std::floor(std::log2(wanted)));
  return places;
}

void CheckSample(const Sizes& sizes, joint::GridSampleT o, const Setting& setting, const Places* places,
                 std::mt19937& random) {
  const int64_t one = int64_t{1} << (!o.nearest && setting.in == DType::U8 ? 11 : 19);
  LayerCase test;
  test.layer.name = "layer";
  test.inputs = {RandomTensor(setting.in, sizes.in, random),
                 RandomTensor(setting.grid, {sizes.out[0], sizes.out[1], sizes.out[2], 2}, random)};
  test.inputs[0].zero_point = static_cast<int32_t>(random()) & LimitOf(setting.in);
  test.inputs[1].zero_point = LimitOf(setting.grid) / 2 + static_cast<int32_t>(random() % 9);
  test.output.shape = sizes.out;
  test.output.dtype = setting.out;
  test.output.zero_point = static_cast<int32_t>(random()) & LimitOf(setting.out);
  const Places of_columns = places != nullptr ? *places : Spread(setting.grid, sizes.in[2], one, random);
  const Places of_rows = places != nullptr ? *places : Spread(setting.grid, sizes.in[1], one, random);
  o.column_multiplier = of_columns.multiplier;
  o.column_shift = of_columns.shift;
  o.row_multiplier = of_rows.multiplier;
  o.row_shift = of_rows.shift;
  o.multiplier = static_cast<int32_t>((uint32_t{1} << 30) + random() % (uint32_t{1} << 30));
  o.shift = setting.shift;
  o.clamp_low = random() % 2 == 0 ? 0 : test.output.zero_point / 2;
  o.clamp_high = std::max(o.clamp_low, LimitOf(setting.out) - (random() % 2 == 0 ? 0 : 3));
  const TestTensor& x = test.inputs[0];
  const TestTensor& grid = test.inputs[1];
  const auto weights = [&](int64_t pixel, int axis, const Places& by) {
    const int64_t size = sizes.in[static_cast<size_t>(2 - axis)];
    const int64_t g = grid.Get(2 * pixel + axis) - grid.zero_point;
    const int64_t p = (size - 1) * (one / 2) + ExactRequantize(g, by.multiplier, by.shift);
    return Weights(Padded(p, size, one, o), size, one, o.nearest);
  };
  std::vector<int64_t> sums;
  const int64_t pixels = int64_t{sizes.out[0]} * sizes.out[1] * sizes.out[2];
  for (int64_t pixel = 0; pixel < pixels; ++pixel) {
    const int64_t n = pixel / sizes.out[2] / sizes.out[1];
    const std::vector<int64_t> columns = weights(pixel, 0, of_columns);
    const std::vector<int64_t> rows = weights(pixel, 1, of_rows);
    for (int64_t c = 0; c < sizes.in[3]; ++c) {
      int64_t sum = 0;
      for (int64_t row = 0; row < sizes.in[1]; ++row) {
        for (int64_t column = 0; column < sizes.in[2]; ++column) {
          const int64_t at = ((n * sizes.in[1] + row) * sizes.in[2] + column) * sizes.in[3] + c;
          sum += rows[static_cast<size_t>(row)] * columns[static_cast<size_t>(column)] * (x.Get(at) - x.zero_point);
        }
      }
      sums.push_back(sum);
      const int64_t scaled = ExactRequantize(sum, o.multiplier, o.shift);
      AppendActivation(test.output, ClampTo(test.output.zero_point + scaled, o.clamp_low, o.clamp_high));
    }
  }
  test.about = std::string(o.nearest ? "nearest " : "linear ") + joint::EnumNameGridPadding(o.padding) +
               (o.align_corners ? ", corners" : "") + ", shift " + std::to_string(o.shift);
  const int32_t multiplier = o.multiplier;
  test.layer.options.Set(std::move(o));
  ExpectEveryKernelGives(test, [&](int64_t element) {
    return "sum " + std::to_string(sums[static_cast<size_t>(element)]) + ", multiplier " + std::to_string(multiplier);
  });
}

template <typename Visit>
void ForEveryForm(Visit visit) {
  for (const bool nearest : {false, true}) {
    for (const GridPadding padding : joint::EnumValuesGridPadding()) {
      for (const bool align : {false, true}) {
        joint::GridSampleT o;
        o.nearest = nearest;
        o.padding = padding;
        o.align_corners = align;
        visit(o);
      }
    }
  }
}

TEST(GridSample, EveryFormAndTripleOfTypes) {
  std::mt19937 random(131);
  ForEveryForm([&](const joint::GridSampleT& o) {
    for (const DType in : {DType::U8, DType::U16}) {
      for (const DType grid : {DType::U8, DType::U16}) {
        for (const DType out : {DType::U8, DType::U16}) {
          const int bits = 8 * ((in == DType::U16 ? 1 : 0) - (out == DType::U16 ? 1 : 0));
          const int weights = o.nearest ? 0 : (in == DType::U8 ? 22 : 38);
          for (const Sizes& sizes : kSizes) CheckSample(sizes, o, {in, grid, out, weights + bits}, nullptr, random);
        }
      }
    }
  });
}

TEST(GridSample, EveryShift) {
  std::mt19937 random(132);
  const Sizes& sizes = kSizes[0];
  for (const bool nearest : {false, true}) {
    for (const DType in : {DType::U8, DType::U16}) {
      joint::GridSampleT o;
      o.nearest = nearest;
      o.padding = GridPadding::Border;
      const bool wide = !nearest && in == DType::U16;
      for (int shift = wide ? 0 : -30; shift <= (wide ? 55 : 31); ++shift) {
        CheckSample(sizes, o, {in, DType::U16, DType::U16, shift}, nullptr, random);
      }
    }
  }
}

// From beyond everything to the middle.
TEST(GridSample, EveryShiftOfPlaces) {
  std::mt19937 random(133);
  for (const GridPadding padding : {GridPadding::Zeros, GridPadding::Border}) {
    for (const bool nearest : {false, true}) {
      for (int shift = -30; shift <= 31; ++shift) {
        joint::GridSampleT o;
        o.nearest = nearest;
        o.padding = padding;
        const Places places{static_cast<int32_t>((uint32_t{1} << 31) - 1 - random() % 1000), shift};
        CheckSample(kSizes[0], o, {DType::U8, DType::U16, DType::U8, nearest ? 0 : 22}, &places, random);
        CheckSample(kSizes[0], o, {DType::U16, DType::U8, DType::U16, nearest ? 0 : 38}, &places, random);
      }
    }
  }
}

// Levels that are half pixels: nearest meets nothing but ties and whole numbers.
TEST(GridSample, HalvesGoToTheEvenElement) {
  std::mt19937 random(134);
  for (const GridPadding padding : joint::EnumValuesGridPadding()) {
    joint::GridSampleT o;
    o.nearest = true;
    o.padding = padding;
    const Places half{1 << 30, -19};  // 2^18
    for (const Sizes& sizes : kSizes) CheckSample(sizes, o, {DType::U8, DType::U8, DType::U8, 0}, &half, random);
  }
}

float Limit(float p, float low, float high) {
  if (!(p > low)) return low;
  return p < high ? p : high;
}

float FloatPlace(float g, float size, const joint::GridSampleT& o) {
  const float moved = g + 1.0F;
  const float half = moved * 0.5F;
  const float scaled = moved * size;
  const float less = scaled - 1.0F;
  float p = o.align_corners ? half * (size - 1.0F) : less * 0.5F;
  if (o.padding == GridPadding::Zeros) return Limit(p, -1.0F, size);
  if (o.padding == GridPadding::Reflection) {
    const float low = o.align_corners ? 0.0F : -0.5F;
    const float length = o.align_corners ? size - 1.0F : size;
    if (length == 0.0F) return 0.0F;
    const float d = std::fabs(p - low);
    const float t = std::floor(d / length);
    const float whole = t * length;
    const float r = d - whole;
    const bool even = std::fmod(t, 2.0F) == 0.0F;
    const float far = low + length;
    p = even ? low + r : far - r;
  }
  return Limit(p, 0.0F, size - 1.0F);
}

TEST(GridSample, OfFloats) {
  std::mt19937 random(135);
  ForEveryForm([&](joint::GridSampleT o) {
    for (const Sizes& sizes : kSizes) {
      for (const bool special : {false, true}) {
        LayerCase test;
        test.layer.name = "layer";
        const Shape places = {sizes.out[0], sizes.out[1], sizes.out[2], 2};
        TestTensor grid = RandomFloats(places, random, special);
        for (int64_t i = 0; i < grid.Elements() && !special; ++i) {
          const float g = static_cast<float>(static_cast<int>(random() % 4001) - 2000) / 1000.0F;
          std::memcpy(&grid.bytes[static_cast<size_t>(4 * i)], &g, sizeof g);
        }
        test.inputs = {RandomFloats(sizes.in, random, special), std::move(grid)};
        test.output = FloatOutput(sizes.out);
        const int64_t pixels = int64_t{sizes.out[0]} * sizes.out[1] * sizes.out[2];
        for (int64_t pixel = 0; pixel < pixels; ++pixel) {
          const float px = FloatPlace(At(test.inputs[1], 2 * pixel), static_cast<float>(sizes.in[2]), o);
          const float py = FloatPlace(At(test.inputs[1], 2 * pixel + 1), static_cast<float>(sizes.in[1]), o);
          const float left = o.nearest ? std::nearbyint(px) : std::floor(px);
          const float top = o.nearest ? std::nearbyint(py) : std::floor(py);
          const int taps = o.nearest ? 1 : 2;
          const float across[] = {o.nearest ? 1.0F : 1.0F - (px - left), px - left};
          const float down[] = {o.nearest ? 1.0F : 1.0F - (py - top), py - top};
          for (int64_t c = 0; c < sizes.in[3]; ++c) {
            float y = 0.0F;
            for (int i = 0; i < taps; ++i) {
              for (int j = 0; j < taps; ++j) {
                const int64_t row = static_cast<int64_t>(top) + i;
                const int64_t column = static_cast<int64_t>(left) + j;
                if (row < 0 || row >= sizes.in[1] || column < 0 || column >= sizes.in[2]) continue;
                const int64_t n = pixel / sizes.out[2] / sizes.out[1];
                const int64_t at = ((n * sizes.in[1] + row) * sizes.in[2] + column) * sizes.in[3] + c;
                const float weight = down[i] * across[j];
                const float term = weight * At(test.inputs[0], at);
                y = y + term;
              }
            }
            AppendFloat(test.output, y);
          }
        }
        test.about = joint::EnumNameGridPadding(o.padding);
        test.layer.options.Set(o);
        ExpectEveryKernelGives(test);
      }
    }
  });
}

}  // namespace
}  // namespace lockstep::kernels
