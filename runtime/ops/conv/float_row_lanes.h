// A block of channels of neighbouring output pixels at a time, each lane with a sum of its own. For a file that has
// included the lanes.
#pragma once

#include "gemm/unroll.h"
#include "ops/conv/conv_f32.h"

namespace lockstep::kernels {
namespace {

constexpr int kRowVectors = kFloatBlockChannels / FloatLanes::kLanes;

struct FloatBlock {
  FloatLanes::Valid valid[kRowVectors];
  FloatLanes::Vector bias[kRowVectors];

  [[gnu::always_inline]] FloatBlock(const float* from, int64_t count) {
    Unroll<kRowVectors>([&](auto v) {
      constexpr int kFirst = v * FloatLanes::kLanes;
      valid[v] = FloatLanes::First(count - kFirst);
      bias[v] = FloatLanes::Load<true>(from + kFirst, valid[v]);
    });
  }
};

// One element of each pixel's window, input(p) in all lanes, with its weights.
template <int kPixels, typename Input>
[[gnu::always_inline]] inline void AddInput(const float* w, Input input,
                                            FloatLanes::Vector (&acc)[kPixels][kRowVectors]) {
  FloatLanes::Vector weights[kRowVectors];
  Unroll<kRowVectors>([&](auto v) { weights[v] = FloatLanes::Load<false>(w + v * FloatLanes::kLanes, {}); });
  Unroll<kPixels>([&](auto p) {
    const FloatLanes::Vector x = input(p);
    FloatLanes::Vector products[kRowVectors];
    Unroll<kRowVectors>([&](auto v) { products[v] = FloatLanes::Product(x, weights[v]); });
    Unroll<kRowVectors>([&](auto v) { acc[p][v] = FloatLanes::Sum(acc[p][v], products[v]); });
  });
}

template <int kPixels>
[[gnu::noinline]] void RunTile(const FloatTaps& taps, int64_t pixel, const float* w, const FloatBlock& block, float* y,
                               int64_t out_step) {
  constexpr int kEach = FloatLanes::kAddressPixels;
  constexpr int kPointers = (kPixels + kEach - 1) / kEach;
  const int64_t step = taps.pixel_step;
  FloatLanes::Vector acc[kPixels][kRowVectors];
  Unroll<kPixels>([&](auto p) { Unroll<kRowVectors>([&](auto v) { acc[p][v] = block.bias[v]; }); });
  for (int64_t ky = 0; ky < taps.kernel_h; ++ky) {
    for (int64_t kx = 0; kx < taps.kernel_w; ++kx) {
      const float* x[kPointers];
      Unroll<kPointers>([&](auto i) { x[i] = taps.rows[ky] + (pixel + kEach * i) * step + kx * taps.column_step; });
      int64_t ic = 0;
      if constexpr (kPixels > 1 && FloatLanes::kInputsAtOnce) {
        for (; ic + FloatLanes::kLanes <= taps.channels; ic += FloatLanes::kLanes) {
          FloatLanes::Vector inputs[kPixels];
          Unroll<kPixels>(
              [&](auto p) { inputs[p] = FloatLanes::Load<false>(x[p / kEach] + p % kEach * step + ic, {}); });
          Unroll<FloatLanes::kLanes>([&](auto lane) {
            AddInput<kPixels>(
                w, [&](auto p) { return FloatLanes::Splat(inputs[p][decltype(lane)::value]); }, acc);
            w += kFloatBlockChannels;
          });
        }
      }
      for (; ic < taps.channels; ++ic, w += kFloatBlockChannels) {
        AddInput<kPixels>(
            w, [&](auto p) { return FloatLanes::Splat(x[p / kEach][p % kEach * step + ic]); }, acc);
      }
    }
  }
  Unroll<kPixels>([&](auto p) {
    float* to = y + (pixel + p) * out_step;
    Unroll<kRowVectors>([&](auto v) { FloatLanes::Store(to + v * FloatLanes::kLanes, block.valid[v], acc[p][v]); });
  });
}

void RunFloatRow(const FloatTaps& taps, int64_t pixels, const float* w, const float* bias, int64_t count, float* y,
                 int64_t out_step) {
  constexpr int kTile = FloatLanes::kTilePixels;
  const FloatBlock block(bias, count);
  int64_t pixel = 0;
  for (; pixel + kTile <= pixels; pixel += kTile) RunTile<kTile>(taps, pixel, w, block, y, out_step);
  if constexpr (kTile > 4) {
    for (; pixel + 4 <= pixels; pixel += 4) RunTile<4>(taps, pixel, w, block, y, out_step);
  }
  for (; pixel < pixels; ++pixel) RunTile<1>(taps, pixel, w, block, y, out_step);
}

}  // namespace
}  // namespace lockstep::kernels
