// Baseline NEON has no dot product: smull and smlal multiply two quads of one pixel with two channels each into 16-bit
// lanes (with x - 128 and w within +-127 two products fit), sadalp widens and adds neighbours. So a channel has two
// 32-bit lanes, which are added at the end. A tile is two pixels by sixteen channels.
#include <arm_neon.h>

#include <cstring>

#include "kernels/conv_driver.h"
#include "kernels/requantize.h"
#include "kernels/unroll.h"

namespace lockstep::kernels {
namespace {

constexpr int kTilePixels = 2;
constexpr int kWeightVectors = 4;  // of a quad: four channels each
constexpr int kSums = 8;           // of a pixel: two channels each, two lanes to a channel
constexpr int kLanes = 4;
constexpr int kDepth = 4;
constexpr int kVectorBytes = 16;

template <int kPixels>
struct Accumulators {
  int32x4_t value[kPixels][kSums];
};

int8x16_t Broadcast(const uint8_t* quad) {
  return vreinterpretq_s8_s32(vld1q_dup_s32(reinterpret_cast<const int32_t*>(quad)));
}

template <int kPixels>
[[gnu::always_inline]] inline void MultiplyAddPair(const int8_t* weights, const uint8_t* (&x)[kPixels],
                                                   Accumulators<kPixels>& acc) {
  int8x16_t first[kPixels];
  int8x16_t second[kPixels];
  Unroll<kPixels>([&](auto p) {
    first[p] = Broadcast(x[p]);
    second[p] = Broadcast(x[p] + kDepth);
    x[p] += 2 * kDepth;
  });
  Unroll<kWeightVectors>([&](auto v) {
    const int8x16_t w0 = vld1q_s8(weights + v * kVectorBytes);
    const int8x16_t w1 = vld1q_s8(weights + kQuadBytes + v * kVectorBytes);
    Unroll<kPixels>([&](auto p) {
      int16x8_t low = vmull_s8(vget_low_s8(w0), vget_low_s8(first[p]));
      int16x8_t high = vmull_high_s8(w0, first[p]);
      low = vmlal_s8(low, vget_low_s8(w1), vget_low_s8(second[p]));
      high = vmlal_high_s8(high, w1, second[p]);
      acc.value[p][2 * v] = vpadalq_s16(acc.value[p][2 * v], low);
      acc.value[p][2 * v + 1] = vpadalq_s16(acc.value[p][2 * v + 1], high);
    });
  });
}

template <int kPixels>
[[gnu::always_inline]] inline void MultiplyAddSingle(const int8_t* weights, const uint8_t* (&x)[kPixels],
                                                     Accumulators<kPixels>& acc) {
  Unroll<kPixels>([&](auto p) {
    const int8x16_t value = Broadcast(x[p]);
    Unroll<kWeightVectors>([&](auto v) {
      const int8x16_t w = vld1q_s8(weights + v * kVectorBytes);
      acc.value[p][2 * v] = vpadalq_s16(acc.value[p][2 * v], vmull_s8(vget_low_s8(w), vget_low_s8(value)));
      acc.value[p][2 * v + 1] = vpadalq_s16(acc.value[p][2 * v + 1], vmull_high_s8(w, value));
    });
  });
}

template <int kPixels>
[[gnu::always_inline]] inline void Accumulate(const ConvRow& row, const int8_t* weights, int64_t offset,
                                              Accumulators<kPixels>& acc) {
  for (int32_t segment = 0; segment < row.segment_count; ++segment) {
    const uint8_t* x[kPixels];
    Unroll<kPixels>([&](auto p) { x[p] = row.segments[segment] + offset + p * row.pixel_step; });
    for (int32_t pairs = row.quads / 2; pairs != 0; --pairs) {
      MultiplyAddPair(weights, x, acc);
      weights += 2 * kQuadBytes;
    }
    if (row.quads % 2 != 0) {
      MultiplyAddSingle(weights, x, acc);
      weights += kQuadBytes;
    }
  }
}

// The truncating doubling multiplication and the rounding shift: rq1 for every shift of at least 1.
int32x4_t Requantize(const ConvRow& row, int32x4_t acc, const int32_t* multiplier, const int32_t* shift) {
  int32x4_t value = vrshlq_s32(vqdmulhq_s32(acc, vld1q_s32(multiplier)), vnegq_s32(vld1q_s32(shift)));
  value = vaddq_s32(value, vdupq_n_s32(row.zero_point));
  return vminq_s32(vmaxq_s32(value, vdupq_n_s32(row.low)), vdupq_n_s32(row.high));
}

int32x4_t RequantizeLanes(const ConvRow& row, int32x4_t acc, const int32_t* multiplier, const int32_t* shift) {
  int32_t lanes[kLanes];
  vst1q_s32(lanes, acc);
  for (int i = 0; i < kLanes; ++i) {
    lanes[i] = RequantizeClamped(lanes[i], multiplier[i], shift[i], row.zero_point, row.low, row.high);
  }
  return vld1q_s32(lanes);
}

// Values are within 0..65535, and within 0..255 for u8: dropping the upper halves loses nothing.
void Store(const ConvRow& row, const int32x4_t* values, int64_t pixel, int32_t channel) {
  const int16x8_t low = vuzp1q_s16(vreinterpretq_s16_s32(values[0]), vreinterpretq_s16_s32(values[1]));
  const int16x8_t high = vuzp1q_s16(vreinterpretq_s16_s32(values[2]), vreinterpretq_s16_s32(values[3]));
  const int8x16_t bytes = vuzp1q_s8(vreinterpretq_s8_s16(low), vreinterpretq_s8_s16(high));
  const int size = row.wide_output ? 2 : 1;
  uint8_t* to = row.out + pixel * row.out_step + channel * size;
  if (row.channels - channel >= kBlockChannels && !row.wide_output) {
    vst1q_u8(to, vreinterpretq_u8_s8(bytes));
    return;
  }
  int8_t block[2 * kVectorBytes];
  vst1q_s8(block, row.wide_output ? vreinterpretq_s8_s16(low) : bytes);
  vst1q_s8(block + kVectorBytes, vreinterpretq_s8_s16(high));
  const int32_t valid = row.channels - channel < kBlockChannels ? row.channels - channel : kBlockChannels;
  std::memcpy(to, block, static_cast<size_t>(valid * size));
}

template <int kPixels>
void Tile(const ConvRow& row, int32_t block, int64_t pixel) {
  const ConvBlock& constants = row.constants[block];
  Accumulators<kPixels> acc;
  Unroll<kPixels>([&](auto p) { Unroll<kSums>([&](auto s) { acc.value[p][s] = vdupq_n_s32(0); }); });
  Accumulate(row, row.weights + int64_t{block} * row.segment_count * row.quads * kQuadBytes, pixel * row.pixel_step,
             acc);
  Unroll<kPixels>([&](auto p) {
    int32x4_t values[kSums / 2];
    Unroll<kSums / 2>([&](auto v) {
      const int32x4_t sum = vaddq_s32(vpaddq_s32(acc.value[p][2 * v], acc.value[p][2 * v + 1]),
                                      vld1q_s32(constants.acc_init + v * kLanes));
      const int32_t* multiplier = constants.multiplier + v * kLanes;
      const int32_t* shift = constants.shift + v * kLanes;
      values[v] =
          row.min_shift >= 1 ? Requantize(row, sum, multiplier, shift) : RequantizeLanes(row, sum, multiplier, shift);
    });
    Store(row, values, pixel + p, block * kBlockChannels);
  });
}

void RunRow(const ConvRow& row) {
  for (int32_t block = 0; block < row.blocks; ++block) {
    int64_t pixel = 0;
    for (; pixel + kTilePixels <= row.pixels; pixel += kTilePixels) Tile<kTilePixels>(row, block, pixel);
    for (; pixel < row.pixels; ++pixel) Tile<1>(row, block, pixel);
  }
}

// The 256 entries lie in sixteen registers; tbl and tbx leave lanes alone whose index is beyond their 64 entries.
void ApplyTable64(const uint8_t* table, uint8_t* data, int64_t count) {
  const uint8x16x4_t t0 = vld1q_u8_x4(table);
  const uint8x16x4_t t1 = vld1q_u8_x4(table + 64);
  const uint8x16x4_t t2 = vld1q_u8_x4(table + 128);
  const uint8x16x4_t t3 = vld1q_u8_x4(table + 192);
  const uint8x16_t step = vdupq_n_u8(64);
  int64_t i = 0;
  for (; i + kVectorBytes <= count; i += kVectorBytes) {
    uint8x16_t index = vld1q_u8(data + i);
    uint8x16_t value = vqtbl4q_u8(t0, index);
    index = vsubq_u8(index, step);
    value = vqtbx4q_u8(value, t1, index);
    index = vsubq_u8(index, step);
    value = vqtbx4q_u8(value, t2, index);
    index = vsubq_u8(index, step);
    vst1q_u8(data + i, vqtbx4q_u8(value, t3, index));
  }
  ApplyTable(table, data + i, count - i);
}

constexpr ConvVariant kVariant{true, RunRow, ApplyTable64};

}  // namespace

void conv_u8s8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConv(args, begin, end, scratch, kVariant);
}

}  // namespace lockstep::kernels
