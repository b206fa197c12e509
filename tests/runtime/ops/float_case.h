// Float layers for the kernel tester.
#pragma once

#include <random>
#include <vector>

#include "arithmetic/f1.h"
#include "kernel_tester.h"

namespace lockstep::kernels {

// Subnormal numbers, zeros of both signs and numbers of all sizes; with `special` infinities and NaNs too.
TestTensor RandomFloats(std::vector<int32_t> shape, std::mt19937& random, bool special);

inline float At(const TestTensor& tensor, int64_t index) {
  float value = 0.0F;
  std::memcpy(&value, tensor.bytes.data() + index * int64_t{sizeof value}, sizeof value);
  return value;
}

// An F32 output without elements, which AppendFloat adds.
TestTensor FloatOutput(std::vector<int32_t> shape);
inline void AppendFloat(TestTensor& tensor, float value) { Append(tensor, f1::Canonical(value)); }

}  // namespace lockstep::kernels
