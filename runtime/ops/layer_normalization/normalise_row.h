// A row of a LayerNormalization as the kernels of an instruction set see it.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

struct RowSums {
  int64_t values = 0;
  int64_t squares = 0;
};

struct InverseDeviation {
  int64_t factor = 0;  // at most 2^32
  int half_shift = 0;  // of all but the last bit, which rounds
};

struct NormalisedRow {
  const uint8_t* x;
  uint8_t* y;
  int64_t n;
  bool wide_x, wide_y;  // two bytes
  int64_t sum;
  int variance_shift;
  InverseDeviation inverse;
  const int16_t* gamma;
  const int64_t* beta;
  int32_t multiplier, shift, zero_point, low, high;
};

RowSums SumRow512(const uint8_t* x, bool wide, int64_t n);
uint64_t FloorRoot512(uint64_t w);
void NormaliseRow512(const NormalisedRow& row);  // whose normalised differences have 32 bits

}  // namespace lockstep::kernels
