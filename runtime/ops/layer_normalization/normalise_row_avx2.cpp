#include "arithmetic/lanes_avx2.h"
#include "ops/layer_normalization/normalise_lanes.h"

namespace lockstep::kernels {

RowSums SumRowAvx2(const uint8_t* x, bool wide, int64_t n) { return SumLanes(x, wide, n); }

// The root of the nearest float64 is off by 1 at the most.
uint64_t FloorRootAvx2(uint64_t w) {
  constexpr uint64_t kLargest = 0xffffffff;
  const __m128d nearest = _mm_set_sd(static_cast<double>(w));
  const auto estimate = static_cast<uint64_t>(_mm_cvttsd_si64(_mm_sqrt_sd(nearest, nearest)));
  uint64_t root = estimate > kLargest ? kLargest : estimate;
  while (root * root > w) --root;
  while (root < kLargest && (root + 1) * (root + 1) <= w) ++root;
  return root;
}

void NormaliseRowAvx2(const NormalisedRow& row) { NormaliseLanes(row); }

}  // namespace lockstep::kernels
