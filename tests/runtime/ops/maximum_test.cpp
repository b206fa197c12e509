// Maximum: types, broadcasts, every shift, limits, floats in their order.
#include <gtest/gtest.h>

#include <algorithm>

#include "exact_requantize.h"
#include "float_case.h"

namespace lockstep::kernels {
namespace {

using joint::DType;
using Shape = std::vector<int32_t>;

struct Shapes {
  Shape a, b, y;
};
const Shapes kShapes[] = {
    {{2, 3, 5, 17}, {2, 3, 5, 17}, {2, 3, 5, 17}},
    {{2, 3, 5, 17}, {1, 1, 1, 17}, {2, 3, 5, 17}},
    {{2, 3, 5, 17}, {1}, {2, 3, 5, 17}},
    {{2, 1, 5, 1}, {3, 1, 6}, {2, 3, 5, 6}},
    {{9000}, {9000}, {9000}},
};

void CheckMaximum(const Shapes& shapes, DType a, DType b, DType y, int shift_a, int shift_b, std::mt19937& random) {
  for (const bool smallest : {false, true}) {
    LayerCase test;
    test.layer.name = "layer";
    test.inputs.push_back(RandomTensor(a, shapes.a, random));
    test.inputs.push_back(RandomTensor(b, shapes.b, random));
    for (TestTensor& input : test.inputs) input.zero_point = static_cast<int32_t>(random()) & LimitOf(input.dtype);
    test.output.dtype = y;
    test.output.shape = shapes.y;
    test.output.zero_point = static_cast<int32_t>(random()) & LimitOf(y);
    joint::MaximumT o;
    o.smallest = smallest;
    o.multiplier_a = static_cast<int32_t>((1U << 30) + random() % (1U << 30));
    o.multiplier_b = static_cast<int32_t>((1U << 30) + random() % (1U << 30));
    o.shift_a = shift_a;
    o.shift_b = shift_b;
    o.clamp_low = random() % 2 == 0 ? 0 : 3;
    o.clamp_high = LimitOf(y) - (random() % 2 == 0 ? 0 : 5);
    for (int64_t i = 0; i < test.output.Elements(); ++i) {
      const auto operand = [&](size_t input) {
        const TestTensor& of = test.inputs[input];
        return of.Get(BroadcastPosition(of.shape, shapes.y, i)) - of.zero_point;
      };
      const int64_t left = ExactRequantize(operand(0), o.multiplier_a, o.shift_a);
      const int64_t right = ExactRequantize(operand(1), o.multiplier_b, o.shift_b);
      const int64_t chosen = smallest ? std::min(left, right) : std::max(left, right);
      AppendActivation(test.output, ClampTo(test.output.zero_point + chosen, o.clamp_low, o.clamp_high));
    }
    test.about = "shifts " + std::to_string(shift_a) + " and " + std::to_string(shift_b);
    test.layer.options.Set(o);
    ExpectEveryKernelGives(test);
  }
}

TEST(Maximum, TypesAndBroadcasts) {
  std::mt19937 random(301);
  for (const Shapes& shapes : kShapes) {
    for (const DType a : {DType::U8, DType::U16}) {
      for (const DType b : {DType::U8, DType::U16}) {
        for (const DType y : {DType::U8, DType::U16}) {
          const auto shift = [&](DType from) { return (from == y ? 0 : from == DType::U16 ? 8 : -8); };
          CheckMaximum(shapes, a, b, y, shift(a), shift(b) - 1, random);
        }
      }
    }
  }
}

TEST(Maximum, EveryShift) {
  std::mt19937 random(302);
  for (int shift = -30; shift <= 31; ++shift) {
    CheckMaximum({{4, 33}, {4, 33}, {4, 33}}, DType::U8, DType::U8, DType::U8, shift, 0, random);
    CheckMaximum({{4, 33}, {4, 33}, {4, 33}}, DType::U16, DType::U16, DType::U16, 1, shift, random);
  }
}

// NaN is above all numbers, -0 below +0.
TEST(Maximum, OfFloats) {
  std::mt19937 random(303);
  for (const Shapes& shapes : kShapes) {
    for (const bool smallest : {false, true}) {
      LayerCase test;
      test.layer.name = "layer";
      test.inputs.push_back(RandomFloats(shapes.a, random, true));
      test.inputs.push_back(RandomFloats(shapes.b, random, true));
      test.output = FloatOutput(shapes.y);
      for (int64_t i = 0; i < test.output.Elements(); ++i) {
        const int32_t a = f1::OrderKey(At(test.inputs[0], BroadcastPosition(shapes.a, shapes.y, i)));
        const int32_t b = f1::OrderKey(At(test.inputs[1], BroadcastPosition(shapes.b, shapes.y, i)));
        AppendFloat(test.output, f1::FromOrderKey(smallest ? std::min(a, b) : std::max(a, b)));
      }
      joint::MaximumT options;
      options.smallest = smallest;
      test.layer.options.Set(options);
      ExpectEveryKernelGives(test);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
