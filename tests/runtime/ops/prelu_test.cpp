// PRelu: broadcasts of slopes of either type, both ends of every shift, the largest products.
#include <gtest/gtest.h>

#include <algorithm>

#include "exact_requantize.h"
#include "float_case.h"

namespace lockstep::kernels {
namespace {

using joint::DType;
using Shape = std::vector<int32_t>;

struct Setting {
  DType in, slope, out;
  int shift, slope_shift;
};

TestTensor Slopes(DType dtype, const Shape& shape, std::mt19937& random) {
  TestTensor slopes;
  slopes.dtype = dtype;
  slopes.shape = shape;
  const int32_t high = dtype == DType::S8 ? 127 : 32767;
  for (int64_t i = 0; i < slopes.Elements(); ++i) {
    const uint32_t draw = random();
    int32_t value = static_cast<int32_t>(draw >> 8) % (high + 1);
    if (draw % 4 == 0) value = draw % 8 == 0 ? high : -high - 1;
    if (draw % 4 == 1) value = -value;
    if (dtype == DType::S8) {
      Append(slopes, static_cast<int8_t>(value));
    } else {
      Append(slopes, static_cast<int16_t>(value));
    }
  }
  return slopes;
}

int64_t SlopeAt(const TestTensor& slopes, int64_t index) {
  if (slopes.dtype == DType::S8) return static_cast<int8_t>(slopes.bytes[static_cast<size_t>(index)]);
  int16_t value = 0;
  std::memcpy(&value, slopes.bytes.data() + index * 2, 2);
  return value;
}

void CheckPRelu(const Shape& shape, const Shape& slope_shape, const Setting& setting, int32_t zero_point,
                std::mt19937& random) {
  LayerCase test;
  test.layer.name = "layer";
  test.inputs = {RandomTensor(setting.in, shape, random), Slopes(setting.slope, slope_shape, random)};
  TestTensor& x = test.inputs[0];
  x.zero_point = zero_point < 0 ? static_cast<int32_t>(random()) & LimitOf(x.dtype) : zero_point;
  test.output.dtype = setting.out;
  test.output.shape = shape;
  test.output.zero_point = static_cast<int32_t>(random()) & LimitOf(setting.out);
  joint::PReluT o;
  o.multiplier = static_cast<int32_t>((uint32_t{1} << 30) + random() % (uint32_t{1} << 30));
  o.slope_multiplier = static_cast<int32_t>((uint32_t{1} << 30) + random() % (uint32_t{1} << 30));
  o.shift = setting.shift;
  o.slope_shift = setting.slope_shift;
  o.clamp_low = random() % 2 == 0 ? 0 : test.output.zero_point / 2;
  o.clamp_high = std::max(o.clamp_low, LimitOf(setting.out) - (random() % 2 == 0 ? 0 : 3));
  std::vector<int64_t> sums;
  for (int64_t i = 0; i < x.Elements(); ++i) {
    const int64_t d = x.Get(i) - x.zero_point;
    sums.push_back(d < 0 ? d * SlopeAt(test.inputs[1], BroadcastPosition(slope_shape, shape, i)) : d);
    const int64_t scaled = d < 0 ? ExactRequantize(sums.back(), o.slope_multiplier, o.slope_shift)
                                 : ExactRequantize(sums.back(), o.multiplier, o.shift);
    AppendActivation(test.output, ClampTo(test.output.zero_point + scaled, o.clamp_low, o.clamp_high));
  }
  test.about = "shifts " + std::to_string(o.shift) + " and " + std::to_string(o.slope_shift);
  test.layer.options.Set(o);
  ExpectEveryKernelGives(
      test, [&](int64_t element) { return "product " + std::to_string(sums[static_cast<size_t>(element)]); });
}

const std::vector<std::pair<Shape, Shape>> kShapes = {{{2, 5, 7, 19}, {1}},
                                                      {{2, 5, 7, 19}, {1, 1, 1, 19}},
                                                      {{2, 5, 7, 19}, {19}},
                                                      {{2, 5, 7, 19}, {5, 1, 1}},
                                                      {{2, 5, 7, 19}, {2, 5, 7, 19}},
                                                      {{1, 3, 2, 300}, {1, 1, 2, 1}},
                                                      {{1}, {1}},
                                                      {{3, 4000}, {3, 1}},
                                                      {{3, 4000}, {4000}}};

TEST(PRelu, EveryBroadcastAndType) {
  std::mt19937 random(111);
  for (const DType in : {DType::U8, DType::U16}) {
    for (const DType slope : {DType::S8, DType::S16}) {
      for (const DType out : {DType::U8, DType::U16}) {
        const int shift = (in == DType::U16 ? 8 : 0) - (out == DType::U16 ? 8 : 0);
        const Setting setting{in, slope, out, shift, shift + (slope == DType::S8 ? 7 : 15)};
        for (const auto& [shape, slopes] : kShapes) CheckPRelu(shape, slopes, setting, -1, random);
      }
    }
  }
}

TEST(PRelu, EveryShift) {
  std::mt19937 random(112);
  for (int shift = -30; shift <= 31; ++shift) {
    CheckPRelu({3, 50}, {50}, {DType::U8, DType::S8, DType::U16, shift, 7}, 100, random);
    CheckPRelu({3, 50}, {50}, {DType::U16, DType::S16, DType::U16, 0, shift}, 30000, random);
  }
}

// All differences are negative, the largest of them by 65535, with slopes of -32768 among them.
TEST(PRelu, TheLargestProducts) {
  std::mt19937 random(113);
  for (const int shift : {-30, 0, 15, 31}) {
    CheckPRelu({4, 300}, {300}, {DType::U16, DType::S16, DType::U16, 0, shift}, 65535, random);
    CheckPRelu({4, 300}, {300}, {DType::U8, DType::S8, DType::U8, 0, shift}, 255, random);
  }
}

TEST(PRelu, OfFloats) {
  std::mt19937 random(114);
  for (const auto& [shape, slope_shape] : kShapes) {
    LayerCase test;
    test.layer.name = "layer";
    test.inputs = {RandomFloats(shape, random, true), RandomFloats(slope_shape, random, true)};
    test.output = FloatOutput(shape);
    for (int64_t i = 0; i < test.inputs[0].Elements(); ++i) {
      const float x = At(test.inputs[0], i);
      const float slope = At(test.inputs[1], BroadcastPosition(slope_shape, shape, i));
      AppendFloat(test.output, x < 0.0F ? slope * x : x);
    }
    test.layer.options.Set(joint::PReluT());
    ExpectEveryKernelGives(test);
  }
}

}  // namespace
}  // namespace lockstep::kernels
