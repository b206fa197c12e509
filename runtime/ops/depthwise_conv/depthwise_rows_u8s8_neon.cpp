// Two taps of a channel fit into 16 bits as products of x - 128 with w within +-127: smull, smlal and a widening
// addition do sixteen channels of one pixel. A tile is as many neighbouring pixels as there are registers for.
#include "arithmetic/requantize_neon.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table_neon.h"
#include "ops/depthwise_conv/depthwise_tiles.h"
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
  const ptrdiff_t* offset;  // of a tap behind a window's first
  int32_t taps;
  const DepthwiseBlock* blocks;
  int64_t count;          // of blocks
  const int8_t* weights;  // of all blocks
};

using Tile = DepthwiseTile<kTilePixels>;
using EdgeTaps = DepthwiseEdges<kTilePixels>;

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

struct Kernel {
  const DepthwiseLayer& layer;
  const Plan& plan;

  bool WithinVectors() const { return layer.channels >= kChannels; }
  void Inside(const Tile& tile) const { RunInside(layer, plan, tile); }
  void AtEdge(const Tile& tile, const EdgeTaps& taps) const {
    if (WithinVectors()) {
      RunAtEdge(layer, plan, tile, taps);
    } else {
      RunFewChannels(layer, plan, tile, taps);
    }
  }
};

class Rows {
 public:
  explicit Rows(const DepthwiseLayer& layer) : layer_(layer), tiles_(layer, PaddingOf(layer)) {
    plan_.taps = tiles_.taps();
    plan_.offset = tiles_.offsets();
    plan_.blocks = reinterpret_cast<const DepthwiseBlock*>(layer.state);
    plan_.count = DepthwiseBlocks(layer.channels);
    plan_.weights = reinterpret_cast<const int8_t*>(plan_.blocks + plan_.count);
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
  }

  void Run(int64_t unit) {
    tiles_.Run(unit, Kernel{layer_, plan_});
    if (layer_.table == nullptr) return;
    uint8_t* row = layer_.output + unit * layer_.out_w * layer_.out_pitch;
    const bool together = layer_.out_pitch == layer_.channels;
    ApplyTableNeon(layer_.table, together ? Stretches<uint8_t>{row, layer_.out_w * layer_.out_pitch}
                                          : Stretches<uint8_t>{row, layer_.channels, layer_.out_w, layer_.out_pitch});
  }

 private:
  // Behind all blocks' weights.
  static const uint8_t* PaddingOf(const DepthwiseLayer& layer) {
    const int64_t block_bytes = int64_t{sizeof(DepthwiseBlock)} + layer.kernel_h * layer.kernel_w * kChannels;
    return layer.state + DepthwiseBlocks(layer.channels) * block_bytes;
  }

  const DepthwiseLayer& layer_;
  DepthwiseTiles<kTilePixels> tiles_;
  Plan plan_;
};

}  // namespace

void depthwise_rows_u8s8_neon(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  Rows rows(layer);
  for (int64_t unit = begin; unit < end; ++unit) rows.Run(unit);
}

}  // namespace lockstep::kernels
