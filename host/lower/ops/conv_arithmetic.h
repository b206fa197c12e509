// The integers of a convolution's sums.
#pragma once

#include <cstdint>
#include <vector>

#include "lower/lower_context.h"

namespace lockstep::lower {

// What the sums start from, and what they are multiplied with; an entry for each output channel.
struct ConvArithmetic {
  std::vector<int32_t> acc_init;
  std::vector<int32_t> weight_sum;
  std::vector<int32_t> multiplier;
  std::vector<int8_t> shift;
  bool fits_32_bits = true;
};

// `weights`: those of each output channel in a row. `mid`: what the sums are requantised to. Throws UnsupportedModel
// where a start does not fit 32 bits.
ConvArithmetic ComputeArithmetic(const std::vector<int8_t>& weights, const std::vector<double>& scales,
                                 const std::vector<int32_t>& bias, const AffineParams& x, const AffineParams& mid);

}  // namespace lockstep::lower
