// Rows of one matrix of a product as the kernels of an instruction set see them: plain numbers and addresses, so that
// their files need nothing else.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep::kernels {

struct MatMulRows {
  const uint8_t* a;  // the first row
  const uint8_t* b;  // the matrix
  uint8_t* y;
  ptrdiff_t rows, depth, columns;
  bool wide_a, wide_b, wide_y;  // two bytes
  bool narrow;                  // 32 bits hold every sum
  int32_t zero_a, zero_b;
  int32_t multiplier, shift, zero_point, low, high;  // a shift of kLongShift or more where it is not narrow
  void* left;                                        // scratch of NEON and MSA for the rows' differences
};

struct MatMulFloats {
  const float* a;  // the first row
  const float* b;  // the matrix
  float* y;
  int64_t rows, depth, columns;
};

void MultiplyFloats512(const MatMulFloats& tile);
void MultiplyBytes512(const MatMulRows& rows);   // narrow
void MultiplyWords512(const MatMulRows& rows);   // not narrow
void MultiplyBytesAvx2(const MatMulRows& rows);  // narrow

// Of at most kMatMulRows rows.
void MatMulRowsNeon(const MatMulRows& rows);
void MatMulRowsMsa(const MatMulRows& rows);

// A row of differences in scratch, the last of them padded with zeros.
inline constexpr ptrdiff_t kLeftStep = 8;
constexpr ptrdiff_t LeftLength(ptrdiff_t depth) { return (depth + kLeftStep - 1) / kLeftStep * kLeftStep; }

}  // namespace lockstep::kernels
