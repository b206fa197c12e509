// Whether a block's weights suit the transformations.
#pragma once

#include "gemm/conv_driver.h"
#include "gemm/winograd.h"

namespace lockstep::kernels {
namespace {

// Kernels::SumWeights(weights, quads, positive, negative): of sixteen weights of each quad, the sums of the positive
// ones and of the others, two neighbours together.
template <typename Kernels>
bool FitsWinograd(const int8_t* weights, int64_t quads, const int32_t* acc_init, int32_t channels) {
  constexpr int64_t kQuadsAtATime = 128;  // 16 bits hold their sums
  constexpr int64_t kLargestByte = 255;
  constexpr int kChannels = 4;
  for (int32_t first = 0; first < channels; first += kChannels, weights += kQuadBytes / kChannels) {
    int32_t highest[kChannels] = {};
    int32_t lowest[kChannels] = {};
    for (int64_t quad = 0; quad < quads; quad += kQuadsAtATime) {
      int16_t positive[2 * kChannels];
      int16_t negative[2 * kChannels];
      const int64_t left = quads - quad;
      Kernels::SumWeights(weights + quad * kQuadBytes, left < kQuadsAtATime ? left : kQuadsAtATime, positive, negative);
      for (int i = 0; i < 2 * kChannels; ++i) {
        highest[i / 2] += positive[i];
        lowest[i / 2] += negative[i];
      }
    }
    for (int i = 0; i < kChannels && first + i < channels; ++i) {
      if (acc_init[first + i] + kLargestByte * highest[i] > kWinogradLimit) return false;
      if (acc_init[first + i] + kLargestByte * lowest[i] < -kWinogradLimit) return false;
    }
  }
  return true;
}

}  // namespace
}  // namespace lockstep::kernels
