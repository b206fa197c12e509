#include "quantize/affine.h"

#include <algorithm>
#include <cmath>

namespace lockstep::quantize {

AffineParams AffineFromRange(const Range& range, int bits) {
  const double low = std::min(range.low, 0.0);
  const double high = std::max(range.high, 0.0);
  AffineParams params;
  params.bits = bits;
  const auto steps = static_cast<double>(params.high());
  const auto scale = static_cast<float>((high - low) / steps);
  if (!std::isnormal(scale)) {
    params.scale = static_cast<float>(1.0 / steps);
    return params;
  }
  params.scale = scale;
  params.zero_point = static_cast<int32_t>(std::clamp(std::floor(-low / params.scale + 0.5), 0.0, steps));
  return params;
}

int32_t QuantizeValue(double value, const AffineParams& params) {
  if (std::isnan(value)) return params.zero_point;
  const double level = std::floor(value / params.scale + 0.5) + params.zero_point;
  return static_cast<int32_t>(std::clamp(level, 0.0, static_cast<double>(params.high())));
}

}  // namespace lockstep::quantize
