// MatMul: shapes around the tile, broadcasts, types, shifts and the largest sums.
#include <gtest/gtest.h>

#include "exact_requantize.h"
#include "float_case.h"
#include "kernel_tester.h"

namespace lockstep::kernels {
namespace {

using joint::DType;

struct MatMulCase {
  std::vector<int32_t> a, b, y;
};

const MatMulCase kCases[] = {
    {{1, 1}, {1, 1}, {1, 1}},
    {{4, 3}, {3, 128}, {4, 128}},
    {{5, 7}, {7, 129}, {5, 129}},
    {{3, 33}, {33, 300}, {3, 300}},
    {{2, 9, 4}, {2, 4, 9}, {2, 9, 9}},
    {{2, 1, 3, 5}, {3, 5, 2}, {2, 3, 3, 2}},
    {{6, 5}, {2, 2, 5, 1}, {2, 2, 6, 1}},
    {{1, 2, 1, 2, 1, 8}, {3, 1, 2, 1, 8, 2}, {3, 2, 2, 2, 1, 2}},
    // Around the tiles of AVX-512: 6 rows by 64 columns, 4 by 32, and 256 products.
    {{13, 6}, {6, 65}, {13, 65}},
    {{7, 1}, {1, 63}, {7, 63}},
    {{2, 11, 255}, {2, 255, 33}, {2, 11, 33}},
    {{9, 256}, {256, 31}, {9, 31}},
    {{5, 3}, {3, 16}, {5, 16}},
    {{6, 4}, {4, 15}, {6, 15}},
    {{1, 513}, {513, 64}, {1, 64}},
    {{3, 5, 258}, {258, 17}, {3, 5, 17}},
    // Around those of AVX2: 6 rows of 48 by 16 columns, 256 products.
    {{48, 5}, {5, 16}, {48, 16}},
    {{2, 55, 3}, {2, 3, 47}, {2, 55, 47}},
    {{49, 257}, {257, 15}, {49, 15}},
    {{13, 515}, {515, 33}, {13, 33}},
};

// Calls visit(sum's first element of a, of b, elements from one row of b to the next) for each element of the output.
template <typename Visit>
void ForEachProduct(const LayerCase& test, const Visit& visit) {
  const TestTensor& a = test.inputs[0];
  const TestTensor& b = test.inputs[1];
  const std::vector<int32_t>& y = test.output.shape;
  const int64_t rows = y[y.size() - 2];
  const int64_t columns = y.back();
  const int64_t depth = a.shape.back();
  const std::vector<int32_t> batch(y.begin(), y.end() - 2);
  const auto matrix = [&](const TestTensor& tensor, int64_t i) {
    return BroadcastPosition({tensor.shape.begin(), tensor.shape.end() - 2}, batch, i / (rows * columns));
  };
  for (int64_t i = 0; i < test.output.Elements(); ++i) {
    visit((matrix(a, i) * rows + i / columns % rows) * depth, matrix(b, i) * depth * columns + i % columns, columns);
  }
}

void FillExpected(LayerCase& test, const joint::MatMulT& product, std::vector<int64_t>& sums) {
  const TestTensor& a = test.inputs[0];
  const TestTensor& b = test.inputs[1];
  ForEachProduct(test, [&](int64_t left, int64_t right, int64_t step) {
    int64_t sum = 0;
    for (int64_t k = 0; k < a.shape.back(); ++k) {
      sum += int64_t{a.Get(left + k) - a.zero_point} * (b.Get(right + k * step) - b.zero_point);
    }
    sums.push_back(sum);
    const int64_t scaled = ExactRequantize(sum, product.multiplier, product.shift);
    AppendActivation(test.output, ClampTo(test.output.zero_point + scaled, product.clamp_low, product.clamp_high));
  });
}

void CheckMatMul(LayerCase test, joint::MatMulT product) {
  std::vector<int64_t> sums;
  test.layer.name = "layer";
  FillExpected(test, product, sums);
  test.about += " shift " + std::to_string(product.shift) + ", acc_bits " + std::to_string(product.acc_bits);
  test.layer.options.Set(product);
  ExpectEveryKernelGives(test, [&](int64_t element) {
    return "sum " + std::to_string(sums[static_cast<size_t>(element)]) + ", multiplier " +
           std::to_string(product.multiplier);
  });
}

TEST(MatMul, ShapesBroadcastsTypesShifts) {
  std::mt19937 random(61);
  for (const MatMulCase& c : kCases) {
    for (const int types : {0, 1, 2, 3, 4, 5, 6, 7}) {
      const auto dtype = [&](int bit) { return (types >> bit & 1) == 0 ? DType::U8 : DType::U16; };
      for (const int shift : {-3, 0, 1, 2, 8, 15, 31}) {
        LayerCase test;
        test.inputs = {RandomTensor(dtype(0), c.a, random), RandomTensor(dtype(1), c.b, random)};
        test.output.dtype = dtype(2);
        test.output.shape = c.y;
        for (TestTensor* tensor : {&test.inputs[0], &test.inputs[1], &test.output}) {
          const int32_t high = LimitOf(tensor->dtype);
          const int32_t points[] = {0, high, static_cast<int32_t>(random()) & high};
          tensor->zero_point = points[random() % 3];
        }
        joint::MatMulT product;
        product.multiplier = static_cast<int32_t>((1U << 30U) + (random() >> 2U));
        product.shift = shift;
        product.clamp_low = LimitOf(test.output.dtype) / 16;
        product.clamp_high = LimitOf(test.output.dtype) - LimitOf(test.output.dtype) / 8;
        product.acc_bits = (types & 3) == 0 && random() % 4 != 0 ? 32 : 64;
        test.about = "types " + std::to_string(types) + ",";
        CheckMatMul(std::move(test), product);
      }
    }
  }
}

LayerCase Constant(DType dtype, int32_t depth, int32_t a, int32_t zero_a, int32_t b, int32_t zero_b) {
  LayerCase test;
  test.inputs.resize(2);
  test.inputs[0] = TestTensor{dtype, {1, depth}, 1.0F, zero_a, {}};
  test.inputs[1] = TestTensor{dtype, {depth, 1}, 1.0F, zero_b, {}};
  for (int32_t k = 0; k < depth; ++k) {
    AppendActivation(test.inputs[0], a);
    AppendActivation(test.inputs[1], b);
  }
  test.output.dtype = DType::U16;
  test.output.shape = {1, 1};
  test.output.zero_point = 32768;
  return test;
}

TEST(MatMul, TheLargestSumsFit) {
  joint::MatMulT product;
  product.multiplier = (1 << 30) + 12345;
  product.clamp_high = 65535;
  // 255 * 255 * 33025 is the last below 2^31.
  static_assert(int64_t{255} * 255 * 33025 < int64_t{1} << 31 && int64_t{255} * 255 * 33026 >= int64_t{1} << 31);
  for (const int32_t zero : {0, 255}) {
    product.acc_bits = 32;
    product.shift = 16;
    CheckMatMul(Constant(DType::U8, 33025, 255 - zero, zero, 0, 255), product);
    CheckMatMul(Constant(DType::U8, 33025, 255 - zero, zero, 255, 0), product);
    product.acc_bits = 64;
    product.shift = 31;
    CheckMatMul(Constant(DType::U16, 70000, zero == 0 ? 65535 : 0, zero == 0 ? 0 : 65535, 65535, 0), product);
  }
}

TEST(MatMul, OfFloatsAddsInTheOrderOfTheDepth) {
  std::mt19937 random(62);
  for (const bool special : {false, true}) {
    for (const MatMulCase& c : kCases) {
      LayerCase test;
      test.layer.name = "layer";
      test.inputs = {RandomFloats(c.a, random, special), RandomFloats(c.b, random, special)};
      test.output = FloatOutput(c.y);
      ForEachProduct(test, [&](int64_t left, int64_t right, int64_t step) {
        float sum = 0.0F;
        for (int64_t k = 0; k < c.a.back(); ++k) {
          sum = sum + At(test.inputs[0], left + k) * At(test.inputs[1], right + k * step);
        }
        AppendFloat(test.output, sum);
      });
      test.layer.options.Set(joint::MatMulT());
      ExpectEveryKernelGives(test);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
