#include "lower/ops/conv_arithmetic.h"

#include <cstdlib>

#include "graph/error.h"

namespace lockstep::lower {

ConvArithmetic ComputeArithmetic(const std::vector<int8_t>& weights, const std::vector<double>& scales,
                                 const std::vector<int32_t>& bias, const AffineParams& x, const AffineParams& mid) {
  ConvArithmetic result;
  const size_t channels = scales.size();
  const size_t taps = weights.size() / channels;
  for (size_t oc = 0; oc < channels; ++oc) {
    int64_t sum = 0;
    int64_t magnitude = 0;
    for (size_t i = oc * taps; i < (oc + 1) * taps; ++i) {
      sum += weights[i];
      magnitude += std::abs(weights[i]);
    }
    const int64_t init = bias[oc] - x.zero_point * sum;
    if (init != static_cast<int32_t>(init)) {
      throw UnsupportedModel("the bias of channel " + std::to_string(oc) + " does not fit 32 bits");
    }
    const FixedMultiplier fixed = ToFixed(x.scale * scales[oc] / mid.scale);
    result.acc_init.push_back(static_cast<int32_t>(init));
    result.weight_sum.push_back(static_cast<int32_t>(sum));
    result.multiplier.push_back(fixed.m);
    result.shift.push_back(static_cast<int8_t>(fixed.s));
    // No partial sum in any order can be larger, nor can one of a kernel that works on x - 128.
    result.fits_32_bits = result.fits_32_bits && std::abs(init) + 255 * magnitude < int64_t{1} << 31;
  }
  return result;
}

}  // namespace lockstep::lower
