// Ranges of real numbers to integer parameters and back.
#pragma once

#include <cstdint>

#include "quantize/observers/tensor_statistics.h"
#include "quantize/tensor_format.h"

namespace lockstep::quantize {

// The parameters whose levels span the range, widened to contain 0: scale = (high - low) / (2^bits - 1), as the nearest
// float32 (that is what the joint model stores), zero_point = -low / scale rounded half up. So 0 is a level, and the
// ends of the range may lie up to half a step outside the levels. A range of nothing but 0 gets the scale 1 / (2^bits -
// 1).
AffineParams AffineFromRange(const Range& range, int bits);

// The nearest level, half up, clamped: an infinity is an end of the levels. A NaN is the zero point.
int32_t QuantizeValue(double value, const AffineParams& params);

inline double DequantizeValue(int32_t level, const AffineParams& params) {
  return params.scale * (level - params.zero_point);
}

inline Range RangeOf(const AffineParams& params) {
  return {DequantizeValue(0, params), DequantizeValue(params.high(), params)};
}

}  // namespace lockstep::quantize
