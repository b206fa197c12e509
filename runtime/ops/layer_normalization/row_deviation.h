// What the deviation of a row makes of its differences to the mean.
#pragma once

#include <cstdint>

#include "ops/layer_args.h"
#include "ops/layer_normalization/normalise_row.h"

namespace lockstep::kernels {

// floor(sqrt(w)), two bits of w at a time.
inline uint64_t FloorRoot(uint64_t w) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 62; bit != 0; bit >>= 2) {
    const bool takes = w >= root + bit;
    w -= takes ? root + bit : 0;
    root = (root >> 1) + (takes ? bit : 0);
  }
  return root;
}

// What it takes of the layer's options, which are read once.
struct DeviationScale {
  explicit DeviationScale(const joint::LayerNormalization& o)
      : variance_shift(o.variance_shift()), fraction_bits(o.fraction_bits()), epsilon(o.epsilon()) {}

  int variance_shift, fraction_bits;
  uint64_t epsilon;
};

// floor_root(w) is floor(sqrt(w)), for w of 2^62 or more.
template <typename Root>
InverseDeviation InverseOf(const RowSums& sums, int64_t n, const DeviationScale& scale, Root floor_root) {
  const auto variance = static_cast<uint64_t>(n * sums.squares - sums.values * sums.values);
  const uint64_t w = (variance << (2 * scale.variance_shift)) + scale.epsilon;
  if (w == 0) return {};
  const int t = __builtin_clzll(w) / 2;
  const uint64_t root = floor_root(w << (2 * t));
  return {static_cast<int64_t>((uint64_t{1} << 63) / root), 62 - t - scale.fraction_bits};
}

}  // namespace lockstep::kernels
