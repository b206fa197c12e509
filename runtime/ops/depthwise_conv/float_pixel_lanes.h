// Channels of an output pixel, each lane with a sum of its own. For a file that has included the lanes.
#pragma once

#include "gemm/unroll.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kPixelVectors = 4;
constexpr int kPixelChannels = kPixelVectors * FloatLanes::kLanes;

alignas(64) constexpr float kPixelPadding[kPixelChannels] = {};  // terms with x = 0

// kVectors of channels, or `valid` ones.
template <int kVectors, bool kPart>
[[gnu::always_inline]] inline void RunChannels(const FloatWindow& window, int64_t first, FloatLanes::Valid valid) {
  constexpr int kLanes = FloatLanes::kLanes;
  FloatLanes::Vector acc[kVectors];
  Unroll<kVectors>([&](auto v) { acc[v] = FloatLanes::Load<kPart>(window.bias + first + v * kLanes, valid); });
  const float* w = window.weights + first;
  for (int64_t tap = 0; tap < window.count; ++tap, w += window.channels) {
    const float* x = window.taps[tap] != nullptr ? window.taps[tap] + first : kPixelPadding;
    Unroll<kVectors>([&](auto v) {
      acc[v] = FloatLanes::Sum(acc[v], FloatLanes::Product(FloatLanes::Load<kPart>(x + v * kLanes, valid),
                                                           FloatLanes::Load<kPart>(w + v * kLanes, valid)));
    });
  }
  Unroll<kVectors>([&](auto v) { FloatLanes::Store(window.y + first + v * kLanes, valid, acc[v]); });
}

void RunFloatPixel(const FloatWindow& window) {
  const FloatLanes::Valid all = FloatLanes::First(FloatLanes::kLanes);
  int64_t first = 0;
  for (; first + kPixelChannels <= window.channels; first += kPixelChannels) {
    RunChannels<kPixelVectors, false>(window, first, all);
  }
  for (; first + FloatLanes::kLanes <= window.channels; first += FloatLanes::kLanes) {
    RunChannels<1, false>(window, first, all);
  }
  if (first < window.channels) RunChannels<1, true>(window, first, FloatLanes::First(window.channels - first));
}

}  // namespace
}  // namespace lockstep::kernels
