// The float forms of all other operators, as plain loops over the contract's lines.
#include <gtest/gtest.h>

#include <algorithm>

#include "arithmetic/f1_activations.h"
#include "arithmetic/f1_hyperbolic.h"
#include "arithmetic/f1_inverse.h"
#include "arithmetic/f1_power.h"
#include "arithmetic/f1_trigonometry.h"
#include "float_case.h"

namespace lockstep::kernels {
namespace {

using joint::DType;

LayerCase Case(std::vector<TestTensor> inputs, TestTensor output) {
  LayerCase test;
  test.layer.name = "layer";
  test.inputs = std::move(inputs);
  test.output = std::move(output);
  return test;
}

template <typename Combine>
LayerCase BinaryCase(const std::vector<int32_t>& a, const std::vector<int32_t>& b, std::mt19937& random,
                     const Combine& combine) {
  std::vector<int32_t> out = a.size() > b.size() ? a : b;
  for (size_t back = 1; back <= std::min(a.size(), b.size()); ++back) {
    out[out.size() - back] = std::max(a[a.size() - back], b[b.size() - back]);
  }
  LayerCase test = Case({RandomFloats(a, random, true), RandomFloats(b, random, true)}, FloatOutput(out));
  for (int64_t i = 0; i < test.output.Elements(); ++i) {
    AppendFloat(test.output, combine(At(test.inputs[0], BroadcastPosition(a, out, i)),
                                     At(test.inputs[1], BroadcastPosition(b, out, i))));
  }
  return test;
}

TEST(FloatBinary, BroadcastsAndSpecialNumbers) {
  std::mt19937 random(81);
  const std::vector<std::pair<std::vector<int32_t>, std::vector<int32_t>>> shapes = {
      {{2, 5, 7, 9}, {2, 5, 7, 9}}, {{1, 4, 4, 17}, {17}}, {{3, 1, 5}, {1, 6, 1}}, {{1}, {11, 1300}}};
  for (const auto& [a, b] : shapes) {
    for (const bool inverse : {false, true}) {
      joint::AddT add;
      add.subtract = inverse;
      LayerCase sum =
          BinaryCase(a, b, random, [=](float left, float right) { return inverse ? left - right : left + right; });
      sum.layer.options.Set(add);
      ExpectEveryKernelGives(sum);
      joint::MulT mul;
      mul.divide = inverse;
      LayerCase product =
          BinaryCase(a, b, random, [=](float left, float right) { return inverse ? left / right : left * right; });
      product.layer.options.Set(mul);
      ExpectEveryKernelGives(product);
    }
  }
}

// reduce(elements of the window within the input, ky outside)
template <typename Options, typename Reduce>
void ExpectPool(int32_t channels, int32_t kernel, int32_t stride, int32_t pad, Options options, std::mt19937& random,
                const Reduce& reduce) {
  constexpr int32_t kHeight = 7;
  constexpr int32_t kWidth = 9;
  options.kernel_h = options.kernel_w = kernel;
  options.stride_h = options.stride_w = stride;
  options.pad_top = options.pad_left = options.pad_bottom = options.pad_right = pad;
  const int32_t out_h = (kHeight + 2 * pad - kernel) / stride + 1;
  const int32_t out_w = (kWidth + 2 * pad - kernel) / stride + 1;
  LayerCase test =
      Case({RandomFloats({2, kHeight, kWidth, channels}, random, true)}, FloatOutput({2, out_h, out_w, channels}));
  for (int64_t i = 0; i < test.output.Elements(); ++i) {
    const int64_t pixel = i / channels;
    std::vector<float> window;
    for (int32_t ky = 0; ky < kernel; ++ky) {
      for (int32_t kx = 0; kx < kernel; ++kx) {
        const int64_t iy = pixel / out_w % out_h * stride - pad + ky;
        const int64_t ix = pixel % out_w * stride - pad + kx;
        if (iy < 0 || iy >= kHeight || ix < 0 || ix >= kWidth) continue;
        const int64_t n = pixel / out_w / out_h;
        window.push_back(At(test.inputs[0], ((n * kHeight + iy) * kWidth + ix) * channels + i % channels));
      }
    }
    AppendFloat(test.output, reduce(window));
  }
  test.layer.options.Set(std::move(options));
  ExpectEveryKernelGives(test);
}

TEST(FloatMaxPool, TakesTheLargestInTheWrittenOrder) {
  std::mt19937 random(82);
  const auto maximum = [](const std::vector<float>& window) {
    float largest = window[0];
    for (const float x : window) {
      const bool above = x > largest || (x == largest && (f1::BitsOf(x) & f1::kSignBit) == 0);
      if (largest == largest && (above || !(x == x))) largest = x;
    }
    return largest;
  };
  for (const int32_t channels : {1, 5, 16}) {
    for (const int32_t kernel : {1, 2, 3})
      ExpectPool(channels, kernel, 1, kernel / 2, joint::MaxPoolT(), random, maximum);
    ExpectPool(channels, 3, 2, 1, joint::MaxPoolT(), random, maximum);
  }
}

TEST(FloatAveragePool, AddsInTheWrittenOrderAndDivides) {
  std::mt19937 random(83);
  for (const int32_t divisor : {0, 9, 7}) {
    joint::AveragePoolT options;
    options.divisor = divisor;
    const auto mean = [=](const std::vector<float>& window) {
      float sum = 0.0F;
      for (const float x : window) sum = sum + x;
      return sum / static_cast<float>(divisor > 0 ? divisor : static_cast<int32_t>(window.size()));
    };
    ExpectPool(5, 3, 1, 1, options, random, mean);
    ExpectPool(17, 2, 2, 0, options, random, mean);
  }
}

TEST(FloatSoftmax, RowsOfEveryLength) {
  std::mt19937 random(84);
  for (const int32_t length : {1, 2, 7, 8, 9, 16, 33, 100}) {
    for (const bool special : {false, true}) {
      LayerCase test = Case({RandomFloats({3, length}, random, special)}, FloatOutput({3, length}));
      for (int64_t row = 0; row < 3; ++row) {
        int32_t key = INT32_MIN;
        for (int64_t j = 0; j < length; ++j) key = std::max(key, f1::OrderKey(At(test.inputs[0], row * length + j)));
        std::vector<float> e;
        float lanes[8] = {};
        for (int64_t j = 0; j < length; ++j) {
          e.push_back(f1::Exp(At(test.inputs[0], row * length + j) - f1::FromOrderKey(key)));
          lanes[j % 8] = lanes[j % 8] + e.back();
        }
        const float sum =
            ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
        for (const float value : e) AppendFloat(test.output, value / sum);
      }
      test.layer.options.Set(joint::SoftmaxT());
      test.about = "rows of " + std::to_string(length);
      ExpectEveryKernelGives(test);
    }
  }
}

TEST(FloatUnary, EveryFunction) {
  using F = joint::UnaryFunction;
  const std::vector<std::pair<F, float (*)(float)>> functions = {
      {F::Relu, f1::Relu},
      {F::Clip, [](float x) { return f1::Clamp(x, -0.5F, 1.25F); }},
      {F::LeakyRelu, [](float x) { return x < 0.0F ? -0.5F * x : x; }},
      {F::Sigmoid, f1::Sigmoid},
      {F::Silu, [](float x) { return x * f1::Sigmoid(x); }},
      {F::Tanh, f1::Tanh},
      {F::HardSigmoid, [](float x) { return f1::Clamp(-0.5F * x + 1.25F, 0.0F, 1.0F); }},
      {F::HardSwish, [](float x) { return x * f1::Clamp(x / 6.0F + 0.5F, 0.0F, 1.0F); }},
      {F::Elu, [](float x) { return x < 0.0F ? -0.5F * f1::Expm1(x) : x; }},
      {F::Gelu, f1::Gelu},
      {F::Mish, f1::Mish},
      {F::Softplus, f1::Softplus},
      {F::Exp, f1::Exp},
      {F::Abs, f1::Abs},
      {F::Neg, [](float x) { return -x; }},
      {F::Sqrt, f1::Sqrt},
      {F::Reciprocal, f1::Reciprocal},
      {F::Log, f1::Log},
      {F::Erf, f1::Erf},
      {F::Sin, f1::Sin},
      {F::Cos, f1::Cos},
      {F::Tan, f1::Tan},
      {F::Asin, f1::Asin},
      {F::Acos, f1::Acos},
      {F::Atan, f1::Atan},
      {F::Sinh, f1::Sinh},
      {F::Cosh, f1::Cosh},
      {F::Asinh, f1::Asinh},
      {F::Acosh, f1::Acosh},
      {F::Atanh, f1::Atanh},
      {F::Selu, [](float x) { return x < 0.0F ? 1.25F * (-0.5F * f1::Expm1(x)) : 1.25F * x; }},
      {F::Celu, [](float x) { return x < 0.0F ? -0.5F * f1::Expm1(x / -0.5F) : x; }},
      {F::ThresholdedRelu, [](float x) { return x > -0.5F ? x : 0.0F; }},
      {F::Softsign, f1::Softsign},
      {F::Shrink, [](float x) { return x < 0.5F ? x + 1.25F : (x == x ? x - 1.25F : 0.0F); }},
      {F::Sign, f1::Sign},
      {F::Floor, f1::Floor},
      {F::Ceil, f1::Ceil},
      {F::Round, f1::Round},
      {F::GeluTanh, f1::GeluTanh},
      {F::Pow, [](float x) { return f1::Pow(x, -0.5F); }},
      {F::IsBelow, [](float x) { return x < -0.5F ? 1.0F : 0.0F; }},
      {F::IsAtLeast, [](float x) { return x >= -0.5F ? 1.0F : 0.0F; }},
      {F::IsEqual, [](float x) { return x == -0.5F ? 1.0F : 0.0F; }}};
  ASSERT_EQ(functions.size(), static_cast<size_t>(F::MAX) + 1);
  std::mt19937 random(85);
  for (const auto& [function, expected] : functions) {
    LayerCase test = Case({RandomFloats({3, 1501}, random, true)}, FloatOutput({3, 1501}));
    for (int64_t i = 0; i < test.output.Elements(); ++i) AppendFloat(test.output, expected(At(test.inputs[0], i)));
    joint::UnaryT options;
    options.function = function;
    options.alpha = -0.5F;
    options.beta = 1.25F;
    test.layer.options.Set(options);
    test.about = joint::EnumNameUnaryFunction(function);
    ExpectEveryKernelGives(test);
  }
}

TEST(FloatQuantize, RoundsHalfToEvenWithinTheLimits) {
  std::mt19937 random(86);
  for (const DType dtype : {DType::U8, DType::U16}) {
    LayerCase test = Case({RandomFloats({2, 2500}, random, true)}, TestTensor());
    test.output.dtype = dtype;
    test.output.shape = {2, 2500};
    test.output.scale = 0.0625F;  // a power of two: many quotients lie halfway
    test.output.zero_point = 100;
    joint::QuantizeT options;
    options.clamp_low = 3;
    options.clamp_high = dtype == DType::U8 ? 250 : 40000;
    for (int64_t i = 0; i < test.output.Elements(); ++i) {
      if (i % 3 == 0) {  // a multiple of half a step
        const float halves = (static_cast<float>(random() % 700) - 300.0F) * 0.03125F;
        std::memcpy(test.inputs[0].bytes.data() + i * 4, &halves, 4);
      }
      const float x = At(test.inputs[0], i);
      // Independent of the kernel's way: the nearest of the two integers around the quotient.
      const double quotient = static_cast<double>(x) / 0.0625;
      int64_t value = 100;
      if (quotient == quotient) {
        const double limited = std::clamp(quotient, -1.0e6, 1.0e6);
        auto below = static_cast<int64_t>(limited);
        if (static_cast<double>(below) > limited) --below;
        const double rest = limited - static_cast<double>(below);
        const bool up = rest > 0.5 || (rest == 0.5 && below % 2 != 0);
        value = ClampTo(100 + below + (up ? 1 : 0), options.clamp_low, options.clamp_high);
      }
      AppendActivation(test.output, value);
    }
    test.layer.options.Set(options);
    ExpectEveryKernelGives(test);
  }
}

TEST(FloatConcat, CopiesFloatsAndDequantizesIntegers) {
  std::mt19937 random(87);
  TestTensor integers = RandomTensor(DType::U8, {2, 3, 5}, random);
  integers.scale = 0.3F;
  integers.zero_point = 17;
  LayerCase test = Case({RandomFloats({2, 3, 4}, random, true), integers}, FloatOutput({2, 3, 9}));
  for (int64_t row = 0; row < 6; ++row) {
    for (int64_t i = 0; i < 4; ++i) {
      uint32_t bits = 0;  // a copy keeps the bits of a NaN
      std::memcpy(&bits, test.inputs[0].bytes.data() + (row * 4 + i) * 4, 4);
      Append(test.output, bits);
    }
    for (int64_t i = 0; i < 5; ++i) {
      AppendFloat(test.output, 0.3F * static_cast<float>(integers.Get(row * 5 + i) - 17));
    }
  }
  joint::ConcatT options;
  options.axis = 2;
  test.layer.options.Set(options);
  ExpectEveryKernelGives(test);
}

}  // namespace
}  // namespace lockstep::kernels
