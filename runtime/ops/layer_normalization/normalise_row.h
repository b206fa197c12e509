// A row of a LayerNormalization as the kernels of an instruction set see it.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

struct RowSums {
  int64_t values = 0;
  int64_t squares = 0;
};

struct InverseDeviation {
  int64_t factor = 0;  // 2^31 to 2^32; or 0, where all differences are
  int half_shift = 0;  // of all but the last bit, which rounds
};

// y = clamp(zero_point + rq(h * gamma + beta)), where h, of 32 bits, is what `inverse` makes of
// (n * x - sum) << variance_shift.
struct NormalisedRow {
  const uint8_t* x;
  uint8_t* y;
  int64_t n;            // but for AVX-512 at least kFewestNormalised
  bool wide_x, wide_y;  // two bytes
  int64_t sum;
  int variance_shift;
  InverseDeviation inverse;
  const int16_t* gamma;
  const int64_t* beta;
  int32_t multiplier, shift, zero_point, low, high;
};

inline constexpr int64_t kFewestNormalised = 16;

// One of each for an instruction set: compiled where LOCKSTEP_KERNELS_<SET> says so.
RowSums SumRow512(const uint8_t* x, bool wide, int64_t n);
void NormaliseRow512(const NormalisedRow& row);
RowSums SumRowAvx2(const uint8_t* x, bool wide, int64_t n);
uint64_t FloorRootAvx2(uint64_t w);
void NormaliseRowAvx2(const NormalisedRow& row);
RowSums SumRowNeon(const uint8_t* x, bool wide, int64_t n);
void NormaliseRowNeon(const NormalisedRow& row);
RowSums SumRowMsa(const uint8_t* x, bool wide, int64_t n);
void NormaliseRowMsa(const NormalisedRow& row);

}  // namespace lockstep::kernels
