// Rows of one matrix of a product as the kernels of an instruction set see them: plain numbers and addresses, so that
// their files need nothing else.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

struct MatMulRows {
  const uint8_t* a;  // the first row
  const uint8_t* b;  // the matrix
  uint8_t* y;
  int64_t rows, depth, columns;
  bool wide_a, wide_b, wide_y;  // two bytes
  int32_t zero_a, zero_b;
  int32_t multiplier, shift, zero_point, low, high;
};

struct MatMulFloats {
  const float* a;  // the first row
  const float* b;  // the matrix
  float* y;
  int64_t rows, depth, columns;
};

void MultiplyFloats512(const MatMulFloats& tile);
void MultiplyBytes512(const MatMulRows& rows);  // sums of 32 bits
void MultiplyWords512(const MatMulRows& rows);  // of 64, with a shift of kLongShift or more

}  // namespace lockstep::kernels
