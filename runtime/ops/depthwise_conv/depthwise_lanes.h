// A depthwise convolution of elements of one or two bytes, eight channels at a time, with sums of 32 bits. A part of
// the files depthwise_rows_uxs8_*.cpp that include it behind an instruction set's lanes.
#pragma once

#include "gemm/unroll.h"
#include "ops/depthwise_conv/depthwise_tiles.h"

namespace lockstep::kernels {
namespace {

constexpr int kLanesPixels = 4;  // of a tile
using LanesTile = DepthwiseTile<kLanesPixels>;
using LanesEdges = DepthwiseEdges<kLanesPixels>;

// Of four pixels.
struct LanesSums {
  lanes::Words value[kLanesPixels][2];
};

struct LanesPlan {
  const DepthwiseLayer& layer;
  const ptrdiff_t* offsets;
  int32_t taps;
  const DepthwiseLanesBlock* blocks;
  const int16_t* weights;

  ptrdiff_t pair_count() const { return (taps + 1) / 2; }
};

// Eight elements; `count` of them may be read.
template <bool kWide>
[[gnu::always_inline]] inline lanes::Halves LoadEight(const uint8_t* from, int32_t count) {
  alignas(lanes::kGroup) uint8_t few[lanes::kGroup];
  if (count < kDepthwiseLanes) {
    lanes::CopyBytes(from, kWide ? 2 * count : count, few);
    from = few;
  }
  if constexpr (kWide) return lanes::FlipSigns(lanes::LoadHalves(from));
  return lanes::LoadEightBytes(from);
}

// load(tap, pixel) gives eight channels.
template <typename Load>
[[gnu::always_inline]] inline void AccumulateLanes(const LanesPlan& plan, const DepthwiseLanesBlock& block,
                                                   const int16_t* weights, Load load, LanesSums* sums) {
  Unroll<2>([&](auto half) {
    const lanes::Words start = lanes::LoadWords(block.start + half * 4);
    Unroll<kLanesPixels>([&](auto p) { sums->value[p][half] = start; });
  });
  int32_t tap = 0;
  for (; tap < plan.taps; tap += 2, weights += 2 * kDepthwiseLanes) {
    const lanes::HalvesPair w = {lanes::LoadHalves(weights), lanes::LoadHalves(weights + kDepthwiseLanes)};
    const int32_t next = tap + 1 < plan.taps ? tap + 1 : tap;  // meets weights of 0
    Unroll<kLanesPixels>(
        [&](auto p) { lanes::AddProducts(sums->value[p], lanes::HalvesPair::Of(load(tap, p), load(next, p)), w); });
  }
}

template <bool kShort>
[[gnu::noinline]] void StoreLanes(const DepthwiseLayer& layer, const DepthwiseLanesBlock& block, const LanesSums& sums,
                                  const LanesTile& tile) {
  const lanes::Limits limits(layer.zero_point, layer.low, layer.high);
  const lanes::Scale low = lanes::ScaleOf(lanes::LoadWords(block.multiplier), lanes::LoadWords(block.shift));
  const lanes::Scale high = lanes::ScaleOf(lanes::LoadWords(block.multiplier + 4), lanes::LoadWords(block.shift + 4));
  const int32_t size = layer.wide_output ? 2 : 1;
  const int32_t count = layer.channels < kDepthwiseLanes ? layer.channels : kDepthwiseLanes;
  for (int p = 0; p < kLanesPixels; ++p) {
    const lanes::Words first =
        kShort ? lanes::RequantizeShort(sums.value[p][0], low) : lanes::RequantizeAny(sums.value[p][0], low);
    const lanes::Words second =
        kShort ? lanes::RequantizeShort(sums.value[p][1], high) : lanes::RequantizeAny(sums.value[p][1], high);
    const lanes::Halves values = lanes::Narrow(limits.Of(first), limits.Of(second));
    uint8_t* to = tile.out[p] + block.first * size;
    if (count == kDepthwiseLanes && layer.wide_output) {
      lanes::StoreHalves(values, to);
    } else if (count == kDepthwiseLanes && !layer.wide_table) {
      lanes::StoreEightBytes(values, to);
    } else {
      uint16_t few[kDepthwiseLanes];
      lanes::StoreHalves(values, few);
      for (int32_t i = 0; i < count; ++i) {
        if (layer.wide_output) {
          reinterpret_cast<uint16_t*>(to)[i] = few[i];
        } else {
          to[i] = layer.wide_table ? layer.table[few[i]] : static_cast<uint8_t>(few[i]);
        }
      }
    }
  }
}

// load(block, tap, pixel)
template <typename Load>
[[gnu::always_inline]] inline void RunLanesBlocks(const LanesPlan& plan, const LanesTile& tile, Load load) {
  const int16_t* weights = plan.weights;
  const int64_t count = DepthwiseLanesBlocks(plan.layer.channels);
  for (int64_t i = 0; i < count; ++i, weights += plan.pair_count() * 2 * kDepthwiseLanes) {
    const DepthwiseLanesBlock& block = plan.blocks[i];
    LanesSums sums;
    AccumulateLanes(
        plan, block, weights, [&](int32_t tap, int p) __attribute__((always_inline)) { return load(block, tap, p); },
        &sums);
    if (block.short_shifts) {
      StoreLanes<true>(plan.layer, block, sums, tile);
    } else {
      StoreLanes<false>(plan.layer, block, sums, tile);
    }
  }
}

template <bool kWide>
struct LanesKernel {
  const LanesPlan& plan;

  static constexpr int kSize = kWide ? 2 : 1;

  bool WithinVectors() const { return true; }
  void Inside(const LanesTile& tile) const {
    RunLanesBlocks(
        plan, tile, [&](const DepthwiseLanesBlock& block, int32_t tap, int p) __attribute__((always_inline)) {
          return LoadEight<kWide>(tile.first[p] + (plan.offsets[tap] + block.first * kSize),
                                  plan.layer.channels - block.first);
        });
  }
  void AtEdge(const LanesTile& tile, const LanesEdges& taps) const {
    RunLanesBlocks(
        plan, tile, [&](const DepthwiseLanesBlock& block, int32_t tap, int p) __attribute__((always_inline)) {
          return LoadEight<kWide>(taps.at[tap][p] + block.first * kSize, plan.layer.channels - block.first);
        });
  }
};

// A table of bytes in front of bytes is left to the caller.
void RunDepthwiseLanes(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  const auto* blocks = reinterpret_cast<const DepthwiseLanesBlock*>(layer.state);
  const auto* weights = reinterpret_cast<const int16_t*>(blocks + DepthwiseLanesBlocks(layer.channels));
  const int32_t taps = layer.kernel_h * layer.kernel_w;
  const auto* padding = reinterpret_cast<const uint8_t*>(weights + DepthwiseLanesBlocks(layer.channels) *
                                                                       ((taps + 1) / 2) * 2 * kDepthwiseLanes);
  DepthwiseTiles<kLanesPixels> tiles(layer, padding);
  const LanesPlan plan = {layer, tiles.offsets(), taps, blocks, weights};
  for (int64_t unit = begin; unit < end; ++unit) {
    if (layer.wide_input) {
      tiles.Run(unit, LanesKernel<true>{plan});
    } else {
      tiles.Run(unit, LanesKernel<false>{plan});
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
