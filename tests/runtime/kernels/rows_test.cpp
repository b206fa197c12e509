// MaxPool and Softmax: operators whose units are rows.
#include <gtest/gtest.h>

#include <cmath>

#include "kernel_tester.h"

namespace lockstep::kernels {
namespace {

using joint::DType;

struct PoolCase {
  int32_t height, width, channels, kernel_h, kernel_w, stride_h, stride_w, top, left, bottom, right;
};

TEST(MaxPool, WindowsStridesPadding) {
  const PoolCase cases[] = {{8, 9, 16, 5, 5, 1, 1, 2, 2, 2, 2}, {7, 7, 3, 2, 2, 2, 2, 0, 0, 0, 0},
                            {6, 5, 17, 3, 2, 2, 1, 1, 0, 0, 1}, {3, 3, 1, 3, 3, 1, 1, 1, 1, 1, 1},
                            {1, 1, 33, 1, 1, 1, 1, 0, 0, 0, 0}, {5, 12, 4, 3, 3, 3, 2, 0, 1, 2, 1}};
  std::mt19937 random(41);
  for (const PoolCase& c : cases) {
    for (const DType dtype : {DType::U8, DType::U16}) {
      LayerCase test;
      test.layer.name = "layer";
      test.inputs.push_back(RandomTensor(dtype, {2, c.height, c.width, c.channels}, random));
      // Mostly small values, so that a padding or a neighbouring window taken in by mistake shows.
      for (uint8_t& byte : test.inputs[0].bytes) byte = random() % 8 == 0 ? byte : byte / 16;
      test.output.dtype = dtype;
      test.output.shape = {2, (c.height + c.top + c.bottom - c.kernel_h) / c.stride_h + 1,
                           (c.width + c.left + c.right - c.kernel_w) / c.stride_w + 1, c.channels};
      for (int64_t i = 0; i < test.output.Elements(); ++i) {
        const auto channel = static_cast<int32_t>(i % c.channels);
        const auto x = static_cast<int32_t>(i / c.channels % test.output.shape[2]);
        const auto y = static_cast<int32_t>(i / c.channels / test.output.shape[2] % test.output.shape[1]);
        const int64_t n = i / c.channels / test.output.shape[2] / test.output.shape[1];
        int32_t top = 0;
        for (int32_t ky = 0; ky < c.kernel_h; ++ky) {
          for (int32_t kx = 0; kx < c.kernel_w; ++kx) {
            const int32_t row = y * c.stride_h - c.top + ky;
            const int32_t column = x * c.stride_w - c.left + kx;
            if (row < 0 || row >= c.height || column < 0 || column >= c.width) continue;
            const int32_t value = test.inputs[0].Get(((n * c.height + row) * c.width + column) * c.channels + channel);
            top = value > top ? value : top;
          }
        }
        AppendActivation(test.output, top);
      }
      joint::MaxPoolT pool;
      pool.kernel_h = c.kernel_h;
      pool.kernel_w = c.kernel_w;
      pool.stride_h = c.stride_h;
      pool.stride_w = c.stride_w;
      pool.pad_top = c.top;
      pool.pad_left = c.left;
      pool.pad_bottom = c.bottom;
      pool.pad_right = c.right;
      test.layer.options.Set(pool);
      ExpectEveryKernelGives(test);
    }
  }
}

void CheckSoftmax(int32_t rows, int32_t length, double scale, DType out, std::mt19937& random) {
  LayerCase test;
  test.layer.name = "layer";
  test.inputs.push_back(RandomTensor(DType::U8, {1, rows, length}, random));
  test.output.dtype = out;
  test.output.shape = {1, rows, length};
  joint::SoftmaxT softmax;
  int k = 23;
  while ((uint64_t{1} << k) * static_cast<uint64_t>(length) >= uint64_t{1} << 32) --k;
  for (int d = 0; d < 256; ++d) {
    softmax.table.push_back(static_cast<uint32_t>(std::lround(std::ldexp(std::exp(-d * scale), k))));
  }
  softmax.numerator = out == DType::U8 ? 1U << 8U : 1U << 16U;
  for (int64_t row = 0; row < rows; ++row) {
    int32_t top = 0;
    for (int32_t i = 0; i < length; ++i) top = std::max(top, test.inputs[0].Get(row * length + i));
    const auto entry = [&](int32_t i) {
      return uint64_t{softmax.table[static_cast<size_t>(top - test.inputs[0].Get(row * length + i))]};
    };
    uint64_t sum = 0;
    for (int32_t i = 0; i < length; ++i) sum += entry(i);
    for (int32_t i = 0; i < length; ++i) {
      const uint64_t quotient = (entry(i) * softmax.numerator + sum / 2) / sum;
      AppendActivation(test.output, std::min<int64_t>(LimitOf(out), static_cast<int64_t>(quotient)));
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
      CheckSoftmax(1, 1, scale, out, random);
      CheckSoftmax(50, 16, scale, out, random);
      CheckSoftmax(3, 1000, scale, out, random);
      CheckSoftmax(2, 70000, scale, out, random);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
