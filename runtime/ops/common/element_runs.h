// Runs of elements that get another type, scale or zero point, for kernels of an instruction set.
#pragma once

#include "ops/common/byte_rows.h"
#include "ops/common/rescale_run.h"

namespace lockstep::kernels {

// Steps count bytes, lengths elements; `rows` are those of the input's and the output's types.
struct RescaleConstants {
  bool wide_in, signed_in, wide_out;
  int32_t zero_in, multiplier, shift, zero_point, high;
};

inline RescaleConstants RescaleConstantsOf(const TensorView& x, const TensorView& y, int32_t multiplier,
                                           int32_t shift) {
  return {ElementBytes(x.dtype) == 2,
          x.dtype == joint::DType::S8 || x.dtype == joint::DType::S16,
          y.dtype == joint::DType::U16,
          x.zero_point,
          multiplier,
          shift,
          y.zero_point,
          y.high};
}

// One of each for an instruction set: compiled where LOCKSTEP_KERNELS_<SET> says so.
void RescaleRows512(const RescaleConstants& constants, const ByteRows& rows);
void RescaleRowsNeon(const RescaleConstants& constants, const ByteRows& rows);  // not of signed ones
void RescaleRowsMsa(const RescaleConstants& constants, const ByteRows& rows);
// y = clamp(zero_point + round_half_even(x / scale), low, high) of floats.
struct QuantizeConstants {
  bool wide;
  float scale;
  int32_t zero_point, low, high;
};
void QuantizeRows512(const QuantizeConstants& constants, const ByteRows& rows);
void QuantizeRowsNeon(const QuantizeConstants& constants, const ByteRows& rows);  // of ARMv7: aarch64 has a compiler's
// y = scale * float(x - zero_point)
void DequantizeRows512(bool wide, int32_t zero_point, float scale, const ByteRows& rows);
// The scale is not subnormal: units that flush these give the same products.
void DequantizeRowsNeon(bool wide, int32_t zero_point, float scale, const ByteRows& rows);
void DequantizeRowsMsa(bool wide, int32_t zero_point, float scale, const ByteRows& rows);

}  // namespace lockstep::kernels
