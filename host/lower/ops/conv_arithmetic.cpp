#include "lower/ops/conv_arithmetic.h"

#include <cstdlib>
#include <string>

#include "arithmetic/rq1.h"
#include "graph/error.h"
#include "lower/integer_parameters.h"
#include "lower/weight_packing.h"
#include "quantize/channel_order.h"

namespace lockstep::lower {

ConvArithmetic ComputeArithmetic(const quantize::QuantizedWeights& weights, const std::vector<int16_t>& values,
                                 const quantize::TensorFormat& x, const quantize::TensorFormat& mid) {
  ConvArithmetic result;
  const size_t channels = weights.scales().size();
  const size_t taps = values.size() / channels;
  const std::vector<double> x_scales = quantize::InputScales(x, channels);
  const bool wide = weights.format.bits > 8;
  const int64_t largest = x.bits > 8 ? 65535 : 255;
  for (size_t oc = 0; oc < channels; ++oc) {
    int64_t sum = 0;
    int64_t magnitude = 0;
    int64_t high = 0;
    for (size_t i = oc * taps; i < (oc + 1) * taps; ++i) {
      const WeightBytes bytes = BytesOf(values[i], wide);
      sum += values[i];
      magnitude += kHighBase * std::abs(bytes.high) + std::abs(bytes.low);
      high += bytes.high;
    }
    const int64_t init = weights.bias[oc] - x.zero_points[0] * sum;
    const FixedMultiplier fixed = ToFixed(x_scales[oc] * weights.scales()[oc] / mid.channel(oc).scale);
    const int64_t bound = std::abs(init) + largest * magnitude;
    if (bound >= rq1::kWideLimit || (fixed.s < 0 && bound >= int64_t{1} << (61 + fixed.s))) {
      throw UnsupportedModel("the scaled sum of channel " + std::to_string(oc) + " does not fit 64 bits");
    }
    result.acc_init.push_back(init);
    result.weight_sum.push_back(static_cast<int32_t>(wide ? high : sum));
    if (wide) result.low_weight_sum.push_back(static_cast<int32_t>(sum - kHighBase * high));
    result.multiplier.push_back(fixed.m);
    result.shift.push_back(static_cast<int8_t>(fixed.s));
    // No partial sum in any order can be larger, nor can one of a kernel that works on x - 128.
    result.fits_32_bits = result.fits_32_bits && bound < int64_t{1} << 31;
  }
  return result;
}

}  // namespace lockstep::lower
