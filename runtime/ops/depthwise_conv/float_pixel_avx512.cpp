// Compiled for AVX-512; see depthwise_rows_u8s8_avx512vnni.cpp.
#include "gemm/unroll.h"
#include "ops/common/float_lanes_avx512.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kLanes = 16;

alignas(64) constexpr float kPadding[4 * kLanes] = {};  // terms with x = 0

// Masked loads are slower.
template <bool kMasked>
[[gnu::always_inline]] inline __m512 Load(const float* from, __mmask16 valid) {
  return kMasked ? _mm512_maskz_loadu_ps(valid, from) : _mm512_loadu_ps(from);
}

// kVectors times 16 channels, or `valid` ones.
template <int kVectors, bool kMasked>
[[gnu::always_inline]] inline void RunChannels(const FloatWindow& window, int64_t first, __mmask16 valid) {
  __m512 acc[kVectors];
  Unroll<kVectors>([&](auto v) { acc[v] = Load<kMasked>(window.bias + first + v * kLanes, valid); });
  const float* w = window.weights + first;
  for (int64_t tap = 0; tap < window.count; ++tap, w += window.channels) {
    const float* x = window.taps[tap] != nullptr ? window.taps[tap] + first : kPadding;
    Unroll<kVectors>([&](auto v) {
      acc[v] = AddProduct512(acc[v], Load<kMasked>(x + v * kLanes, valid), Load<kMasked>(w + v * kLanes, valid));
    });
  }
  Unroll<kVectors>([&](auto v) { StoreFloats512(window.y + first + v * kLanes, valid, acc[v]); });
}

}  // namespace

void FloatPixel512(const FloatWindow& window) {
  constexpr __mmask16 kAll = 0xffff;
  int64_t first = 0;
  for (; first + 4 * kLanes <= window.channels; first += 4 * kLanes) RunChannels<4, false>(window, first, kAll);
  for (; first + kLanes <= window.channels; first += kLanes) RunChannels<1, false>(window, first, kAll);
  const int64_t rest = window.channels - first;
  if (rest > 0) RunChannels<1, true>(window, first, static_cast<__mmask16>((1 << rest) - 1));
}

}  // namespace lockstep::kernels
