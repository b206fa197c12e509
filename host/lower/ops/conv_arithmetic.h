// The integers of a convolution's sums.
#pragma once

#include <cstdint>
#include <vector>

#include "joint_generated.h"
#include "quantize/quantized_graph.h"

namespace lockstep::lower {

using quantize::AffineParams;

// What the sums start from, and what they are multiplied with; an entry for each output channel.
struct ConvArithmetic {
  std::vector<int64_t> acc_init;
  std::vector<int32_t> weight_sum;      // of weights of more than 8 bits the sum of the high bytes
  std::vector<int32_t> low_weight_sum;  // of their low bytes; empty for others
  std::vector<int32_t> multiplier;
  std::vector<int8_t> shift;
  bool fits_32_bits = true;  // every partial sum, and its start
};

// `values`: those of each output channel in a row. `mid`: what the sums are requantised to. An input channel's scale is
// that of the output channels that read it alone. Throws UnsupportedModel where what is requantised does not fit 64
// bits.
ConvArithmetic ComputeArithmetic(const quantize::QuantizedWeights& weights, const std::vector<int16_t>& values,
                                 const quantize::TensorFormat& x, const quantize::TensorFormat& mid);

// acc_init where 32 bits hold all of it, else acc_init64.
template <typename Options>
void SetSums(const std::vector<int64_t>& acc_init, bool fits_32_bits, Options& options) {
  options.acc_bits = fits_32_bits ? 32 : 64;
  bool narrow = true;
  for (const int64_t start : acc_init) narrow = narrow && start == static_cast<int32_t>(start);
  if (narrow) {
    options.acc_init.assign(acc_init.begin(), acc_init.end());
  } else {
    options.acc_init64 = acc_init;
  }
}

}  // namespace lockstep::lower
