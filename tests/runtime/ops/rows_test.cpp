// The pools and Softmax: operators whose units are rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "exact_requantize.h"
#include "kernel_tester.h"

namespace lockstep::kernels {
namespace {

using joint::DType;

struct PoolCase {
  int32_t height, width, channels, kernel_h, kernel_w, stride_h, stride_w, top, left, bottom, right;
};

constexpr PoolCase kPoolCases[] = {{8, 9, 16, 5, 5, 1, 1, 2, 2, 2, 2}, {7, 7, 3, 2, 2, 2, 2, 0, 0, 0, 0},
                                   {6, 5, 17, 3, 2, 2, 1, 1, 0, 0, 1}, {3, 3, 1, 3, 3, 1, 1, 1, 1, 1, 1},
                                   {1, 1, 33, 1, 1, 1, 1, 0, 0, 0, 0}, {5, 12, 4, 3, 3, 3, 2, 0, 1, 2, 1}};

template <typename Options>
Options PoolOptions(const PoolCase& c) {
  Options pool;
  pool.kernel_h = c.kernel_h;
  pool.kernel_w = c.kernel_w;
  pool.stride_h = c.stride_h;
  pool.stride_w = c.stride_w;
  pool.pad_top = c.top;
  pool.pad_left = c.left;
  pool.pad_bottom = c.bottom;
  pool.pad_right = c.right;
  return pool;
}

std::vector<int32_t> PooledShape(const PoolCase& c) {
  return {2, (c.height + c.top + c.bottom - c.kernel_h) / c.stride_h + 1,
          (c.width + c.left + c.right - c.kernel_w) / c.stride_w + 1, c.channels};
}

// The input elements in the window of output element `i`.
std::vector<int32_t> WindowOf(const PoolCase& c, const TestTensor& input, int64_t i) {
  const std::vector<int32_t> out = PooledShape(c);
  const int64_t channel = i % c.channels;
  const auto x = static_cast<int32_t>(i / c.channels % out[2]);
  const auto y = static_cast<int32_t>(i / c.channels / out[2] % out[1]);
  const int64_t n = i / c.channels / out[2] / out[1];
  std::vector<int32_t> values;
  for (int32_t ky = 0; ky < c.kernel_h; ++ky) {
    for (int32_t kx = 0; kx < c.kernel_w; ++kx) {
      const int32_t row = y * c.stride_h - c.top + ky;
      const int32_t column = x * c.stride_w - c.left + kx;
      if (row < 0 || row >= c.height || column < 0 || column >= c.width) continue;
      values.push_back(input.Get(((n * c.height + row) * c.width + column) * c.channels + channel));
    }
  }
  return values;
}

TEST(MaxPool, WindowsStridesPadding) {
  std::mt19937 random(41);
  for (const PoolCase& c : kPoolCases) {
    for (const DType dtype : {DType::U8, DType::U16}) {
      LayerCase test;
      test.layer.name = "layer";
      test.inputs.push_back(RandomTensor(dtype, {2, c.height, c.width, c.channels}, random));
      // Mostly small values, so that a padding or a neighbouring window taken in by mistake shows.
      for (uint8_t& byte : test.inputs[0].bytes) byte = random() % 8 == 0 ? byte : byte / 16;
      test.output.dtype = dtype;
      test.output.shape = PooledShape(c);
      for (int64_t i = 0; i < test.output.Elements(); ++i) {
        const std::vector<int32_t> window = WindowOf(c, test.inputs[0], i);
        AppendActivation(test.output, *std::max_element(window.begin(), window.end()));
      }
      test.layer.options.Set(PoolOptions<joint::MaxPoolT>(c));
      ExpectEveryKernelGives(test);
    }
  }
}

void CheckAveragePool(const PoolCase& c, DType in, DType out, bool by_count, int shift, std::mt19937& random) {
  LayerCase test;
  test.layer.name = "layer";
  test.inputs.push_back(RandomTensor(in, {2, c.height, c.width, c.channels}, random));
  test.inputs[0].zero_point = static_cast<int32_t>(random()) & LimitOf(in);
  test.output.dtype = out;
  test.output.shape = PooledShape(c);
  test.output.zero_point = static_cast<int32_t>(random()) & LimitOf(out);
  auto pool = PoolOptions<joint::AveragePoolT>(c);
  const int32_t entries = by_count ? c.kernel_h * c.kernel_w : 1;
  for (int32_t i = 0; i < entries; ++i) {
    pool.multiplier.push_back(static_cast<int32_t>((1U << 30U) + (random() >> 2U)));
    pool.shift.push_back(static_cast<int8_t>(shift + i % 2));
  }
  pool.clamp_low = LimitOf(out) / 16;
  pool.clamp_high = LimitOf(out) - LimitOf(out) / 8;
  std::vector<int64_t> sums;
  for (int64_t i = 0; i < test.output.Elements(); ++i) {
    const std::vector<int32_t> window = WindowOf(c, test.inputs[0], i);
    sums.push_back(0);
    for (const int32_t value : window) sums.back() += value - test.inputs[0].zero_point;
    const size_t entry = by_count ? window.size() - 1 : 0;
    const int64_t mean = ExactRequantize(sums.back(), pool.multiplier[entry], pool.shift[entry]);
    AppendActivation(test.output, ClampTo(test.output.zero_point + mean, pool.clamp_low, pool.clamp_high));
  }
  test.about = "window " + std::to_string(c.kernel_h) + "x" + std::to_string(c.kernel_w) + ", shift " +
               std::to_string(shift) + (by_count ? ", divided by count" : "");
  test.layer.options.Set(pool);
  ExpectEveryKernelGives(test, [&](int64_t element) {
    return "sum " + std::to_string(sums[static_cast<size_t>(element)]) + ", first multiplier " +
           std::to_string(pool.multiplier[0]);
  });
}

TEST(AveragePool, WindowsStridesPaddingTypesShifts) {
  std::mt19937 random(43);
  for (const PoolCase& c : kPoolCases) {
    for (const DType in : {DType::U8, DType::U16}) {
      for (const DType out : {DType::U8, DType::U16}) {
        for (const int shift : {-6, 0, 1, 2, 4, 11}) {
          CheckAveragePool(c, in, out, false, shift, random);
          CheckAveragePool(c, in, out, true, shift, random);
        }
      }
    }
  }
}

TEST(AveragePool, WholeImages) {
  std::mt19937 random(44);
  for (const int32_t channels : {1, 15, 64, 100}) {
    CheckAveragePool({7, 9, channels, 7, 9, 1, 1, 0, 0, 0, 0}, DType::U8, DType::U8, false, 6, random);
  }
  // The largest sums that 32 bits hold.
  CheckAveragePool({181, 181, 2, 181, 181, 1, 1, 0, 0, 0, 0}, DType::U16, DType::U16, false, 14, random);
}

TEST(AveragePool, TheLargestSumFits) {
  LayerCase test;
  test.layer.name = "layer";
  test.inputs.push_back(TestTensor{DType::U16, {1, 1, 32767, 1}, 1.0F, 65535, {}});
  test.inputs[0].bytes.assign(size_t{32767} * 2, 0);  // every difference is -65535
  test.output.dtype = DType::U8;
  test.output.shape = {1, 1, 1, 1};
  test.output.zero_point = 255;
  auto pool = PoolOptions<joint::AveragePoolT>({1, 32767, 1, 1, 32767, 1, 1, 0, 0, 0, 0});
  pool.multiplier = {1 << 30};
  pool.shift = {23};
  pool.clamp_high = 255;
  AppendActivation(test.output, ClampTo(255 + ExactRequantize(-int64_t{65535} * 32767, 1 << 30, 23), 0, 255));
  test.layer.options.Set(pool);
  ExpectEveryKernelGives(test);
}

// A numerator of 0 is that of the type.
void CheckSoftmax(TestTensor input, double scale, DType out, uint32_t numerator = 0, int bits = 0) {
  LayerCase test;
  test.layer.name = "layer";
  test.output.dtype = out;
  test.output.bits = bits;
  test.output.shape = input.shape;
  const int32_t rows = input.shape[1];
  const int32_t length = input.shape[2];
  test.inputs.push_back(std::move(input));
  joint::SoftmaxT softmax;
  int k = 23;
  while ((uint64_t{1} << k) * static_cast<uint64_t>(length) >= uint64_t{1} << 32) --k;
  const int32_t last = std::max(LimitOf(test.inputs[0]), 255);  // bytes have 256 entries, whatever their bits
  for (int32_t d = 0; d <= last; ++d) {
    softmax.table.push_back(static_cast<uint32_t>(std::lround(std::ldexp(std::exp(-d * scale), k))));
  }
  // Of words those that are not 0 are enough.
  const std::vector<uint32_t> entries = softmax.table;
  while (test.inputs[0].dtype == DType::U16 && softmax.table.back() == 0) softmax.table.pop_back();
  softmax.numerator = numerator != 0 ? numerator : out == DType::U8 ? 1U << 8U : 1U << 16U;
  for (int64_t row = 0; row < rows; ++row) {
    int32_t top = 0;
    for (int32_t i = 0; i < length; ++i) top = std::max(top, test.inputs[0].Get(row * length + i));
    const auto entry = [&](int32_t i) {
      return uint64_t{entries[static_cast<size_t>(top - test.inputs[0].Get(row * length + i))]};
    };
    uint64_t sum = 0;
    for (int32_t i = 0; i < length; ++i) sum += entry(i);
    for (int32_t i = 0; i < length; ++i) {
      const uint64_t quotient = (entry(i) * softmax.numerator + sum / 2) / sum;
      AppendActivation(test.output, std::min<int64_t>(LimitOf(test.output), static_cast<int64_t>(quotient)));
    }
  }
  test.about = "softmax of " + std::to_string(length) + ", scale " + std::to_string(scale);
  test.layer.options.Set(softmax);
  ExpectEveryKernelGives(test);
}

TEST(Softmax, LengthsScalesTypes) {
  std::mt19937 random(42);
  for (const DType out : {DType::U8, DType::U16}) {
    for (const double scale : {0.001, 0.05, 0.7, 10.0}) {
      for (const std::vector<int32_t>& shape :
           {std::vector{1, 1, 1}, std::vector{1, 50, 16}, std::vector{1, 3, 1000}, std::vector{1, 2, 70000}}) {
        CheckSoftmax(RandomTensor(DType::U8, shape, random), scale, out);
      }
    }
  }
}

TEST(Softmax, WidthsAndScales) {
  std::mt19937 random(43);
  for (const int in_bits : {4, 8, 10, 16}) {
    for (const int out_bits : {3, 8, 12, 16}) {
      for (const uint32_t numerator : {1U, 255U, 4000U, 65535U, 1U << 18U, 1U << 23U}) {
        for (const double scale : {0.0001, 0.01, 0.7}) {
          CheckSoftmax(RandomTensor(in_bits > 8 ? DType::U16 : DType::U8, {1, 5, 33}, random, in_bits), scale,
                       out_bits > 8 ? DType::U16 : DType::U8, numerator, out_bits);
        }
      }
    }
  }
}

// Sums up to 2^31 with numerators up to 2^23, where an estimate of the quotient has its least bits to spare.
TEST(Softmax, LargestSumsAndNumerators) {
  std::mt19937 random(44);
  for (const int32_t length : {120, 127, 128, 200, 255}) {
    for (const uint32_t numerator : {(1U << 16U) + 1, 0x7fffffU, 1U << 23U}) {
      for (const double scale : {1e-7, 0.0003, 0.02}) {
        for (const DType in : {DType::U8, DType::U16}) {
          CheckSoftmax(RandomTensor(in, {1, 20, length}, random), scale, DType::U16, numerator);
        }
      }
    }
  }
}

// Equal chances of exactly half a step each.
TEST(Softmax, HalvesRoundUp) {
  for (const DType out : {DType::U8, DType::U16}) {
    TestTensor input;
    input.shape = {1, 1, 2 * (LimitOf(out) + 1)};
    input.bytes.assign(static_cast<size_t>(input.Elements()), 7);
    CheckSoftmax(std::move(input), 0.05, out);
  }
}

}  // namespace
}  // namespace lockstep::kernels
