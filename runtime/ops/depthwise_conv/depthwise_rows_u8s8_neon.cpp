// Two taps of a channel fit into 16 bits as products of x - 128 with w within +-127: smull, smlal and a widening
// addition do sixteen channels of one pixel. A tile is as many neighbouring pixels as there are registers for; all its
// blocks of channels are done before the next, so that rows are read as they lie.
#include "arithmetic/requantize_neon.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table_neon.h"
#include "ops/depthwise_conv/depthwise_blocks.h"
#include "ops/depthwise_conv/depthwise_rows.h"
#if defined(__arm__)
#include "ops/depthwise_conv/depthwise_tile_armv7.h"
#endif

namespace lockstep::kernels {
namespace {

#if defined(__aarch64__)
constexpr int kTilePixels = 4;
#else
constexpr int kTilePixels = 2;
#endif
constexpr int kVectors = 4;  // of accumulators, four channels each
constexpr int kLanes = 4;
constexpr int kChannels = kDepthwiseBlock;

struct Sums {
  int32x4_t value[kVectors];
};

// What all tiles of a layer share.
struct Plan {
#if defined(__arm__)
  bool assembler;                      // does it
  alignas(16) uint8_t limits[3 * 16];  // of DepthwiseTileArmv7
#endif
  ptrdiff_t offset[kMostTapsNeon];  // of a tap behind a window's first
  int32_t taps;
  const DepthwiseBlock* blocks;
  int64_t count;           // of blocks
  const int8_t* weights;   // of all blocks
  const uint8_t* padding;  // a pixel of zero points
};

struct Tile {
  const uint8_t* first[kTilePixels];  // the windows' first elements
  uint8_t* out[kTilePixels];
};

// Where windows reach over the input's edges: the element of every tap.
struct EdgeTaps {
  const uint8_t* at[kMostTapsNeon][kTilePixels];
};

[[gnu::always_inline]] inline int8x16_t Flip(uint8x16_t x) {
  return vreinterpretq_s8_u8(veorq_u8(x, vdupq_n_u8(0x80)));
}

[[gnu::always_inline]] inline int16x8_t HighProducts(int8x16_t x, int8x16_t w) {
#if defined(__aarch64__)
  return vmull_high_s8(x, w);
#else
  return vmull_s8(vget_high_s8(x), vget_high_s8(w));
#endif
}

[[gnu::always_inline]] inline int16x8_t AddHighProducts(int16x8_t sum, int8x16_t x, int8x16_t w) {
#if defined(__aarch64__)
  return vmlal_high_s8(sum, x, w);
#else
  return vmlal_s8(sum, vget_high_s8(x), vget_high_s8(w));
#endif
}

[[gnu::always_inline]] inline int32x4_t AddHigh(int32x4_t sum, int16x8_t products) {
#if defined(__aarch64__)
  return vaddw_high_s16(sum, products);
#else
  return vaddw_s16(sum, vget_high_s16(products));
#endif
}

[[gnu::always_inline]] inline void AddProducts(int16x8_t low, int16x8_t high, Sums* sums) {
  sums->value[0] = vaddw_s16(sums->value[0], vget_low_s16(low));
  sums->value[1] = AddHigh(sums->value[1], low);
  sums->value[2] = vaddw_s16(sums->value[2], vget_low_s16(high));
  sums->value[3] = AddHigh(sums->value[3], high);
}

// load(tap, pixel) gives x - 128 of sixteen channels.
template <typename Load>
[[gnu::always_inline]] inline void Accumulate(const Plan& plan, const DepthwiseBlock& block, const int8_t* weights,
                                              Load load, Sums (&sums)[kTilePixels]) {
  Unroll<kVectors>([&](auto v) {
    const int32x4_t start = vld1q_s32(block.start + v * kLanes);
    Unroll<kTilePixels>([&](auto p) { sums[p].value[v] = start; });
  });
  int32_t tap = 0;
  for (; tap + 1 < plan.taps; tap += 2, weights += 2 * kChannels) {
    const int8x16_t w0 = vld1q_s8(weights);
    const int8x16_t w1 = vld1q_s8(weights + kChannels);
    Unroll<kTilePixels>([&](auto p) {
      const int8x16_t x0 = load(tap, p);
      const int8x16_t x1 = load(tap + 1, p);
      const int16x8_t low = vmull_s8(vget_low_s8(x0), vget_low_s8(w0));
      const int16x8_t high = HighProducts(x0, w0);
      AddProducts(vmlal_s8(low, vget_low_s8(x1), vget_low_s8(w1)), AddHighProducts(high, x1, w1), &sums[p]);
    });
  }
  if (tap == plan.taps) return;
  const int8x16_t w = vld1q_s8(weights);
  Unroll<kTilePixels>([&](auto p) {
    const int8x16_t x = load(tap, p);
    AddProducts(vmull_s8(vget_low_s8(x), vget_low_s8(w)), HighProducts(x, w), &sums[p]);
  });
}

template <bool kShort>
[[gnu::always_inline]] inline void Store(const DepthwiseLayer& layer, const DepthwiseBlock& block,
                                         const Sums (&sums)[kTilePixels], const Tile& tile) {
  const ByteLimitsNeon limits(layer.zero_point, layer.low, layer.high);
  RequantizeNeon by[kVectors];
  Unroll<kVectors>([&](auto v) {
    by[v] = {vld1q_s32(block.multiplier + v * kLanes), vld1q_s32(block.left_shift + v * kLanes)};
  });
  Unroll<kTilePixels>([&](auto p) {
    int32x4_t rq[kVectors];
    Unroll<kVectors>([&](auto v) {
      rq[v] = kShort ? RequantizeShort(sums[p].value[v], by[v]) : RequantizeAny(sums[p].value[v], by[v]);
    });
    const uint8x16_t bytes = limits.Bytes(rq[0], rq[1], rq[2], rq[3]);
    if (layer.channels >= kChannels) {
      vst1q_u8(tile.out[p] + block.first, bytes);
    } else {
      StoreSomeBytes(bytes, layer.channels, tile.out[p]);
    }
  });
}

// load(block, tap, pixel)
template <typename Load>
[[gnu::always_inline]] inline void RunBlocks(const DepthwiseLayer& layer, const Plan& plan, const Tile& tile,
                                             Load load) {
  const int8_t* weights = plan.weights;
  for (int64_t i = 0; i < plan.count; ++i, weights += plan.taps * kChannels) {
    const DepthwiseBlock& block = plan.blocks[i];
    Sums sums[kTilePixels];
    Accumulate(
        plan, block, weights, [&](int32_t tap, int p) { return load(block, tap, p); }, sums);
    if (block.short_shifts) {
      Store<true>(layer, block, sums, tile);
    } else {
      Store<false>(layer, block, sums, tile);
    }
  }
}

#if defined(__arm__)

using RunTileFunction = void(const DepthwiseTileArmv7& tile, int32_t taps);

void RunBlocksArmv7(const Plan& plan, const Tile& tile, const void* elements, const uintptr_t (&from)[kTilePixels],
                    RunTileFunction* run) {
  const int8_t* weights = plan.weights;
  for (ptrdiff_t i = 0; i < plan.count; ++i, weights += plan.taps * kChannels) {
    const DepthwiseBlock& block = plan.blocks[i];
    const auto first = static_cast<uintptr_t>(block.first);
    run({elements,
         {from[0] + first, from[1] + first},
         &block,
         weights,
         plan.limits,
         {tile.out[0] + block.first, tile.out[1] + block.first}},
        plan.taps);
  }
}

#endif

void RunInside(const DepthwiseLayer& layer, const Plan& plan, const Tile& tile) {
#if defined(__arm__)
  if (plan.assembler) {
    const uintptr_t from[] = {reinterpret_cast<uintptr_t>(tile.first[0]), reinterpret_cast<uintptr_t>(tile.first[1])};
    return RunBlocksArmv7(plan, tile, plan.offset, from, RunOffsets);
  }
#endif
  RunBlocks(
      layer, plan, tile, [&](const DepthwiseBlock& block, int32_t tap, int p) __attribute__((always_inline)) {
        return Flip(vld1q_u8(tile.first[p] + (plan.offset[tap] + block.first)));
      });
}

void RunAtEdge(const DepthwiseLayer& layer, const Plan& plan, const Tile& tile, const EdgeTaps& taps) {
#if defined(__arm__)
  if (plan.assembler) return RunBlocksArmv7(plan, tile, taps.at, {0, 0}, RunAddresses);
#endif
  RunBlocks(
      layer, plan, tile, [&](const DepthwiseBlock& block, int32_t tap, int p) __attribute__((always_inline)) {
        return Flip(vld1q_u8(taps.at[tap][p] + block.first));
      });
}

// Of less than sixteen channels no vector can be read.
void RunFewChannels(const DepthwiseLayer& layer, const Plan& plan, const Tile& tile, const EdgeTaps& taps) {
  RunBlocks(layer, plan, tile, [&](const DepthwiseBlock& /*block*/, int32_t tap, int p) {
    uint8_t few[kChannels] = {};
    for (int32_t i = 0; i < layer.channels; ++i) few[i] = taps.at[tap][p][i];
    return Flip(vld1q_u8(few));
  });
}

class Rows {
 public:
  explicit Rows(const DepthwiseLayer& layer) : layer_(layer) {
    plan_.taps = layer.kernel_h * layer.kernel_w;
    plan_.blocks = reinterpret_cast<const DepthwiseBlock*>(layer.state);
    plan_.count = DepthwiseBlocks(layer.channels);
    plan_.weights = reinterpret_cast<const int8_t*>(plan_.blocks + plan_.count);
    plan_.padding = reinterpret_cast<const uint8_t*>(plan_.weights) + plan_.count * plan_.taps * kChannels;
#if defined(__arm__)
    plan_.assembler = layer.channels >= kChannels;
    for (int64_t i = 0; i < plan_.count; ++i) plan_.assembler = plan_.assembler && plan_.blocks[i].short_shifts;
    for (int i = 0; i < 8; ++i) {
      plan_.limits[2 * i] = static_cast<uint8_t>(layer.zero_point);
      plan_.limits[2 * i + 1] = static_cast<uint8_t>(layer.zero_point >> 8);
    }
    for (int i = 0; i < 16; ++i) {
      plan_.limits[16 + i] = static_cast<uint8_t>(layer.low);
      plan_.limits[32 + i] = static_cast<uint8_t>(layer.high);
    }
#endif
    for (int32_t tap = 0; tap < plan_.taps; ++tap) {
      const int64_t row = int64_t{tap / layer.kernel_w} * layer.dilation_h;
      const int64_t column = int64_t{tap % layer.kernel_w} * layer.dilation_w;
      plan_.offset[tap] = static_cast<ptrdiff_t>((row * layer.in_w + column) * layer.in_pitch);
    }
  }

  void Run(int64_t unit) {
    const int32_t last = layer_.out_w - kTilePixels;
    for (int32_t x = 0; x < layer_.out_w; x += kTilePixels) {
      // The last tile does some pixels once more instead of fewer.
      RunTile(unit, x <= last || last < 0 ? x : last);
    }
    if (layer_.table == nullptr) return;
    uint8_t* row = layer_.output + unit * layer_.out_w * layer_.out_pitch;
    const bool together = layer_.out_pitch == layer_.channels;
    ApplyTableNeon(layer_.table, together ? Stretches<uint8_t>{row, layer_.out_w * layer_.out_pitch}
                                          : Stretches<uint8_t>{row, layer_.channels, layer_.out_w, layer_.out_pitch});
  }

 private:
  void RunTile(int64_t unit, int32_t x) {
    const int64_t image = unit / layer_.out_h * layer_.in_h;
    const int64_t top = unit % layer_.out_h * layer_.stride_h - layer_.pad_top;
    const int64_t bottom = top + int64_t{layer_.kernel_h - 1} * layer_.dilation_h;
    const int64_t left = int64_t{x} * layer_.stride_w - layer_.pad_left;
    const int64_t right =
        left + int64_t{kTilePixels - 1} * layer_.stride_w + int64_t{layer_.kernel_w - 1} * layer_.dilation_w;
    Tile tile;
    for (int p = 0; p < kTilePixels; ++p) {
      // A row that is shorter than a tile ends with its last pixel several times.
      const int32_t pixel = x + p < layer_.out_w ? x + p : layer_.out_w - 1;
      tile.out[p] = layer_.output + (unit * layer_.out_w + pixel) * layer_.out_pitch;
    }
    if (top >= 0 && bottom < layer_.in_h && left >= 0 && right < layer_.in_w && layer_.channels >= kChannels) {
      const uint8_t* first = layer_.input + ((image + top) * layer_.in_w + left) * layer_.in_pitch;
      for (int p = 0; p < kTilePixels; ++p) tile.first[p] = first + p * layer_.stride_w * layer_.in_pitch;
      RunInside(layer_, plan_, tile);
      return;
    }
    for (int32_t tap = 0; tap < plan_.taps; ++tap) {
      const int64_t row = top + int64_t{tap / layer_.kernel_w} * layer_.dilation_h;
      for (int p = 0; p < kTilePixels; ++p) {
        const int32_t pixel = x + p < layer_.out_w ? p : layer_.out_w - 1 - x;
        const int64_t column =
            left + int64_t{pixel} * layer_.stride_w + int64_t{tap % layer_.kernel_w} * layer_.dilation_w;
        const bool inside = row >= 0 && row < layer_.in_h && column >= 0 && column < layer_.in_w;
        const int64_t place = ((image + row) * layer_.in_w + column) * layer_.in_pitch;
        edges_.at[tap][p] = inside ? layer_.input + place : plan_.padding;
      }
    }
    if (layer_.channels >= kChannels) {
      RunAtEdge(layer_, plan_, tile, edges_);
    } else {
      RunFewChannels(layer_, plan_, tile, edges_);
    }
  }

  const DepthwiseLayer& layer_;
  Plan plan_;
  EdgeTaps edges_;
};

}  // namespace

void depthwise_rows_u8s8_neon(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  Rows rows(layer);
  for (int64_t unit = begin; unit < end; ++unit) rows.Run(unit);
}

}  // namespace lockstep::kernels
