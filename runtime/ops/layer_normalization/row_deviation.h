// What the deviation of a row makes of its differences to the mean.
#pragma once

#include <cstdint>

#include "ops/layer_args.h"
#include "ops/layer_normalization/normalise_row.h"

namespace lockstep::kernels {

// floor_root(w) is floor(sqrt(w)), for w of 2^62 or more.
template <typename FloorRoot>
InverseDeviation InverseOf(const RowSums& sums, int64_t n, const joint::LayerNormalization& o, FloorRoot floor_root) {
  const auto variance = static_cast<uint64_t>(n * sums.squares - sums.values * sums.values);
  const uint64_t w = (variance << (2 * o.variance_shift())) + o.epsilon();
  if (w == 0) return {};
  const int t = __builtin_clzll(w) / 2;
  const uint64_t root = floor_root(w << (2 * t));
  return {static_cast<int64_t>((uint64_t{1} << 63) / root), 62 - t - o.fraction_bits()};
}

}  // namespace lockstep::kernels
