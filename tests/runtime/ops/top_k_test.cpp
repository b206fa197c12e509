// TopK: the order is computed here by counting, for every element, what stands in front of it.
#include <gtest/gtest.h>

#include "float_case.h"
#include "joint_elements.h"

namespace lockstep::kernels {
namespace {

using joint::DType;

// Whether element a of a row stands in front of element b, by the words of docs/arithmetic.md.
bool IsBefore(const TestTensor& x, int64_t a, int64_t b, bool largest) {
  if (x.dtype != DType::F32) {
    const int32_t one = x.Get(a);
    const int32_t other = x.Get(b);
    return one == other ? a < b : (one > other) == largest;
  }
  const float one = At(x, a);
  const float other = At(x, b);
  const bool nan = one != one;
  if (nan && other != other) return a < b;
  if (nan || other != other) return nan == largest;
  return one == other ? a < b : (one > other) == largest;
}

void CheckTopK(TestTensor x, int32_t axis, int32_t k, bool largest) {
  const int32_t length = x.shape[axis];
  int64_t inner = 1;
  for (size_t i = axis + 1; i < x.shape.size(); ++i) inner *= x.shape[i];
  LayerCase test;
  test.layer.name = "layer";
  test.about = "axis " + std::to_string(axis) + ", k " + std::to_string(k) + (largest ? ", largest" : ", smallest");
  test.output.dtype = x.dtype;
  test.output.shape = x.shape;
  test.output.shape[axis] = k;
  TestTensor indices;
  indices.dtype = DType::S64;
  indices.shape = test.output.shape;
  const int64_t size = joint::ElementBytes(x.dtype);
  test.output.bytes.resize(test.output.Elements() * size);
  indices.bytes.resize(indices.Elements() * sizeof(int64_t));
  for (int64_t row = 0; row < x.Elements() / length; ++row) {
    const int64_t begin = row / inner * length * inner + row % inner;
    for (int64_t i = 0; i < length; ++i) {
      int64_t place = 0;
      for (int64_t j = 0; j < length; ++j) {
        place += j != i && IsBefore(x, begin + j * inner, begin + i * inner, largest) ? 1 : 0;
      }
      if (place >= k) continue;
      const int64_t to = (row / inner * k + place) * inner + row % inner;
      std::memcpy(test.output.bytes.data() + to * size, x.bytes.data() + (begin + i * inner) * size, size);
      std::memcpy(indices.bytes.data() + to * sizeof(int64_t), &i, sizeof(int64_t));
    }
  }
  test.inputs.push_back(std::move(x));
  test.more_outputs.push_back(std::move(indices));
  joint::TopKT options;
  options.axis = axis;
  options.largest = largest;
  test.layer.options.Set(options);
  ExpectEveryKernelGives(test);
}

TEST(TopK, EveryAxisAndCount) {
  std::mt19937 random(91);
  const std::vector<int32_t> shape = {2, 7, 5, 13};
  for (const DType dtype : {DType::U8, DType::U16, DType::F32}) {
    for (int32_t axis = 0; axis < 4; ++axis) {
      for (const int32_t k : {1, 2, shape[axis]}) {
        for (const bool largest : {false, true}) {
          const bool is_float = dtype == DType::F32;
          CheckTopK(is_float ? RandomFloats(shape, random, true) : RandomTensor(dtype, shape, random), axis, k,
                    largest);
        }
      }
    }
  }
  CheckTopK(RandomTensor(DType::U8, {1}, random), 0, 1, true);
  CheckTopK(RandomTensor(DType::U8, {1, 8400}, random), 1, 300, true);
}

TEST(TopK, EqualElementsComeInTheOrderOfTheirIndices) {
  std::mt19937 random(92);
  for (const bool largest : {false, true}) {
    TestTensor equal = RandomTensor(DType::U16, {3, 40}, random);
    std::fill(equal.bytes.begin(), equal.bytes.end(), uint8_t{7});
    CheckTopK(equal, 1, 9, largest);
  }
}

// Zeros of both signs are equal, NaNs of any bits are, and all are copied as they are.
TEST(TopK, FloatsOutOfTheOrdinary) {
  for (const bool largest : {false, true}) {
    for (const int32_t k : {1, 5, 12}) {
      TestTensor x = FloatOutput({12});
      for (const uint32_t bits : {0x80000000U, 0x00000000U, 0x7fc00000U, 0xffc12345U, 0x7f800000U, 0xff800000U,
                                  0x7f812345U, 0x80000000U, 0x00000001U, 0x80000001U, 0x3f800000U, 0x00000000U}) {
        Append(x, bits);
      }
      CheckTopK(x, 0, k, largest);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
