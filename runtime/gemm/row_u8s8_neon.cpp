// Baseline NEON has no dot product: smull and smlal multiply two quads of one pixel with two channels each into 16-bit
// lanes (with x - 128 and w within +-127 two products fit), sadalp widens and adds neighbours. So a channel has two
// 32-bit lanes, which are added at the end. A tile is two pixels by sixteen channels: sixteen accumulators, and room
// for what it takes to keep an in-order core busy.
#include <arm_neon.h>

#include <cstring>

#include "arithmetic/requantize.h"
#include "gemm/conv_driver.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table.h"

namespace lockstep::kernels {
namespace {

constexpr int kTilePixels = 2;
constexpr int kWeightVectors = 4;  // of a quad: four channels each
constexpr int kSums = 8;           // of a pixel: two channels each, two lanes to a channel
constexpr int kVectors = 4;        // of accumulators, four channels each
constexpr int kLanes = 4;
constexpr int kDepth = 4;
constexpr int kVectorBytes = 16;

struct PixelSums {
  int32x4_t value[kSums];
};

// What a block of channels needs, in the form in which it is used.
struct BlockConstants {
  PixelSums start;  // acc_init in the first of a channel's two lanes
  int32x4_t multiplier[kVectors];
  int32x4_t left_shift[kVectors];
};

struct TilePlace {
  const uint8_t* const* segments;
  int64_t offset[kTilePixels];  // of the two pixels within a segment's row
};

// All pairs of quads of two pixels, from `start` on. As assembler because gcc 12 takes a fifth more instructions: it
// moves loads and products so far apart that accumulators are spilled, and splits broadcasting loads.
void AccumulatePairs(const ConvRow& row, const int8_t* weights, const TilePlace& place, const PixelSums& start,
                     PixelSums* sums) {
  const uint8_t* const* segment = place.segments;
  int64_t segments = row.segment_count;
  const int64_t pairs = row.quads / 2;
  const int64_t skip = row.quads % 2 * kQuadBytes;  // an odd quad is not done here
  const uint8_t* x0;
  const uint8_t* x1;
  int64_t left;
  __asm__ volatile(
      "ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[start]]\n"
      "ldp q20, q21, [%[start], #64]\n"
      "ldp q22, q23, [%[start], #96]\n"
      "ld1 {v24.4s, v25.4s, v26.4s, v27.4s}, [%[start]]\n"
      "ldp q28, q29, [%[start], #64]\n"
      "ldp q30, q31, [%[start], #96]\n"
      "2:\n"
      "ldr %[x1], [%[segment]], #8\n"
      "mov %[left], %[pairs]\n"
      "add %[x0], %[x1], %[offset0]\n"
      "add %[x1], %[x1], %[offset1]\n"
      "1:\n"
      "ldp q4, q5, [%[weights]], #32\n"
      "ld1r {v0.4s}, [%[x0]], #4\n"
      "ld1r {v2.4s}, [%[x1]], #4\n"
      "ldp q6, q7, [%[weights], #32]\n"
      "ld1r {v1.4s}, [%[x0]], #4\n"
      "ld1r {v3.4s}, [%[x1]], #4\n"
      "smull v8.8h, v4.8b, v0.8b\n"
      "smull2 v9.8h, v4.16b, v0.16b\n"
      "subs %[left], %[left], #1\n"
      "smull v10.8h, v5.8b, v0.8b\n"
      "smull2 v11.8h, v5.16b, v0.16b\n"
      "smull v12.8h, v4.8b, v2.8b\n"
      "smull2 v13.8h, v4.16b, v2.16b\n"
      "smull v14.8h, v5.8b, v2.8b\n"
      "smull2 v15.8h, v5.16b, v2.16b\n"
      "smlal v8.8h, v6.8b, v1.8b\n"
      "smlal2 v9.8h, v6.16b, v1.16b\n"
      "smlal v10.8h, v7.8b, v1.8b\n"
      "smlal2 v11.8h, v7.16b, v1.16b\n"
      "smlal v12.8h, v6.8b, v3.8b\n"
      "smlal2 v13.8h, v6.16b, v3.16b\n"
      "smlal v14.8h, v7.8b, v3.8b\n"
      "smlal2 v15.8h, v7.16b, v3.16b\n"
      "sadalp v16.4s, v8.8h\n"
      "sadalp v17.4s, v9.8h\n"
      "sadalp v18.4s, v10.8h\n"
      "sadalp v19.4s, v11.8h\n"
      "sadalp v24.4s, v12.8h\n"
      "sadalp v25.4s, v13.8h\n"
      "sadalp v26.4s, v14.8h\n"
      "sadalp v27.4s, v15.8h\n"
      "ldp q4, q5, [%[weights]], #96\n"
      "ldp q6, q7, [%[weights], #-32]\n"
      "smull v8.8h, v4.8b, v0.8b\n"
      "smull2 v9.8h, v4.16b, v0.16b\n"
      "smull v10.8h, v5.8b, v0.8b\n"
      "smull2 v11.8h, v5.16b, v0.16b\n"
      "smull v12.8h, v4.8b, v2.8b\n"
      "smull2 v13.8h, v4.16b, v2.16b\n"
      "smull v14.8h, v5.8b, v2.8b\n"
      "smull2 v15.8h, v5.16b, v2.16b\n"
      "smlal v8.8h, v6.8b, v1.8b\n"
      "smlal2 v9.8h, v6.16b, v1.16b\n"
      "smlal v10.8h, v7.8b, v1.8b\n"
      "smlal2 v11.8h, v7.16b, v1.16b\n"
      "smlal v12.8h, v6.8b, v3.8b\n"
      "smlal2 v13.8h, v6.16b, v3.16b\n"
      "smlal v14.8h, v7.8b, v3.8b\n"
      "smlal2 v15.8h, v7.16b, v3.16b\n"
      "sadalp v20.4s, v8.8h\n"
      "sadalp v21.4s, v9.8h\n"
      "sadalp v22.4s, v10.8h\n"
      "sadalp v23.4s, v11.8h\n"
      "sadalp v28.4s, v12.8h\n"
      "sadalp v29.4s, v13.8h\n"
      "sadalp v30.4s, v14.8h\n"
      "sadalp v31.4s, v15.8h\n"
      "b.ne 1b\n"
      "subs %[segments], %[segments], #1\n"
      "add %[weights], %[weights], %[skip]\n"
      "b.ne 2b\n"
      "stp q16, q17, [%[sums]]\n"
      "stp q18, q19, [%[sums], #32]\n"
      "stp q20, q21, [%[sums], #64]\n"
      "stp q22, q23, [%[sums], #96]\n"
      "stp q24, q25, [%[sums], #128]\n"
      "stp q26, q27, [%[sums], #160]\n"
      "stp q28, q29, [%[sums], #192]\n"
      "stp q30, q31, [%[sums], #224]\n"
      : [weights] "+r"(weights), [segment] "+r"(segment), [segments] "+r"(segments), [x0] "=&r"(x0), [x1] "=&r"(x1),
        [left] "=&r"(left)
      : [start] "r"(&start), [sums] "r"(sums), [pairs] "r"(pairs), [skip] "r"(skip), [offset0] "r"(place.offset[0]),
        [offset1] "r"(place.offset[1])
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14",
        "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30",
        "v31");
}

void AccumulateQuad(const int8_t* weights, const uint8_t* x, PixelSums& sums) {
  const int8x16_t value = vreinterpretq_s8_s32(vld1q_dup_s32(reinterpret_cast<const int32_t*>(x)));
  Unroll<kWeightVectors>([&](auto v) {
    const int8x16_t w = vld1q_s8(weights + v * kVectorBytes);
    sums.value[2 * v] = vpadalq_s16(sums.value[2 * v], vmull_s8(vget_low_s8(w), vget_low_s8(value)));
    sums.value[2 * v + 1] = vpadalq_s16(sums.value[2 * v + 1], vmull_high_s8(w, value));
  });
}

void Accumulate(const ConvRow& row, const int8_t* weights, const TilePlace& place, const PixelSums& start,
                PixelSums (&sums)[kTilePixels]) {
  const int64_t paired = row.quads / 2 * 2;
  if (paired != 0) {
    AccumulatePairs(row, weights, place, start, sums);
  } else {
    sums[0] = sums[1] = start;
  }
  if (paired == row.quads) return;
  weights += paired * kQuadBytes;
  for (int32_t segment = 0; segment < row.segment_count; ++segment, weights += int64_t{row.quads} * kQuadBytes) {
    const uint8_t* x = place.segments[segment] + paired * kDepth;
    for (int p = 0; p < kTilePixels; ++p) AccumulateQuad(weights, x + place.offset[p], sums[p]);
  }
}

// The truncating doubling multiplication and the rounding shift are rq1 for every shift of at least 1. Narrowing
// saturates: a value beyond 16 bits is beyond 0..255 with every zero point, so the sum may be done in 16 bits.
void StoreBytes(const ConvRow& row, const BlockConstants& constants, const PixelSums (&sums)[kTilePixels],
                uint8_t* const (&to)[kTilePixels]) {
  const int16x8_t zero_point = vdupq_n_s16(static_cast<int16_t>(row.zero_point));
  const uint8x16_t floor = vdupq_n_u8(static_cast<uint8_t>(row.low));
  const uint8x16_t ceiling = vdupq_n_u8(static_cast<uint8_t>(row.high));
  uint8x16_t bytes[kTilePixels];
  Unroll<kTilePixels>([&](auto p) {
    int32x4_t rq[kVectors];
    Unroll<kVectors>([&](auto v) {
      const int32x4_t acc = vpaddq_s32(sums[p].value[2 * v], sums[p].value[2 * v + 1]);
      rq[v] = vrshlq_s32(vqdmulhq_s32(acc, constants.multiplier[v]), constants.left_shift[v]);
    });
    const int16x8_t low = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(rq[0]), rq[1]), zero_point);
    const int16x8_t high = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(rq[2]), rq[3]), zero_point);
    bytes[p] = vminq_u8(vmaxq_u8(vqmovun_high_s16(vqmovun_s16(low), high), floor), ceiling);
  });
  Unroll<kTilePixels>([&](auto p) { vst1q_u8(to[p], bytes[p]); });
}

// The same of 16 bits: the zero point cannot take a sum out of 32.
void StoreWords(const ConvRow& row, const BlockConstants& constants, const PixelSums& sums, uint8_t* to) {
  const int32x4_t zero_point = vdupq_n_s32(row.zero_point);
  const int32x4_t floor = vdupq_n_s32(row.low);
  const int32x4_t ceiling = vdupq_n_s32(row.high);
  uint16x4_t words[kVectors];
  Unroll<kVectors>([&](auto v) {
    const int32x4_t acc = vpaddq_s32(sums.value[2 * v], sums.value[2 * v + 1]);
    const int32x4_t rq = vrshlq_s32(vqdmulhq_s32(acc, constants.multiplier[v]), constants.left_shift[v]);
    const int32x4_t value = vminq_s32(vmaxq_s32(vaddq_s32(rq, zero_point), floor), ceiling);
    words[v] = vmovn_u32(vreinterpretq_u32_s32(value));
  });
  auto* out = reinterpret_cast<uint16_t*>(to);
  vst1q_u16(out, vcombine_u16(words[0], words[1]));
  vst1q_u16(out + 2 * kLanes, vcombine_u16(words[2], words[3]));
}

void StoreSums(const PixelSums& sums, int32_t* to) {
  Unroll<kVectors>([&](auto v) { vst1q_s32(to + v * kLanes, vpaddq_s32(sums.value[2 * v], sums.value[2 * v + 1])); });
}

// Any shift, any output type, any number of channels.
void StoreLanes(const ConvRow& row, int32_t block, const PixelSums& sums, uint8_t* to) {
  const ConvBlock& constants = row.constants[block];
  int32_t acc[kBlockChannels];
  StoreSums(sums, acc);
  const int32_t left = row.channels - block * kBlockChannels;
  for (int32_t i = 0; i < kBlockChannels && i < left; ++i) {
    const int32_t value =
        RequantizeClamped(acc[i], constants.multiplier[i], constants.shift[i], row.zero_point, row.low, row.high);
    if (row.wide_output) {
      reinterpret_cast<uint16_t*>(to)[i] = static_cast<uint16_t>(value);
    } else {
      to[i] = static_cast<uint8_t>(value);
    }
  }
}

BlockConstants Prepare(const ConvBlock& block) {
  BlockConstants constants;
  Unroll<kVectors>([&](auto v) {
    const int32x4_t start = vld1q_s32(block.acc_init + v * kLanes);
    constants.start.value[2 * v] = vzip1q_s32(start, vdupq_n_s32(0));
    constants.start.value[2 * v + 1] = vzip2q_s32(start, vdupq_n_s32(0));
    constants.multiplier[v] = vld1q_s32(block.multiplier + v * kLanes);
    constants.left_shift[v] = vnegq_s32(vld1q_s32(block.shift + v * kLanes));
  });
  return constants;
}

void RunRow(const ConvRow& row) {
  const int64_t block_weights = int64_t{row.segment_count} * row.quads * kQuadBytes;
  const int64_t element = row.wide_output ? 2 : 1;
  for (int32_t block = 0; block < row.blocks; ++block) {
    const BlockConstants constants = Prepare(row.constants[block]);
    const int8_t* weights = row.weights + block * block_weights;
    uint8_t* out = row.out + block * kBlockChannels * element;
    const bool full = row.channels - block * kBlockChannels >= kBlockChannels;
    const bool vectors = full && row.min_shift >= 1;
    for (int64_t pixel = 0; pixel < row.pixels; pixel += kTilePixels) {
      // Behind the row's last pixel the second one is that pixel once more.
      const int64_t second = pixel + 1 < row.pixels ? pixel + 1 : pixel;
      const TilePlace place{row.segments, {pixel * row.pixel_step, second * row.pixel_step}};
      uint8_t* const to[kTilePixels] = {out + pixel * row.out_step, out + second * row.out_step};
      PixelSums sums[kTilePixels];
      Accumulate(row, weights, place, constants.start, sums);
      if (row.sums != nullptr) {
        int32_t* sums_of = static_cast<int32_t*>(row.sums) + block * kBlockChannels;
        StoreSums(sums[0], sums_of + pixel * row.blocks * kBlockChannels);
        StoreSums(sums[1], sums_of + second * row.blocks * kBlockChannels);
      } else if (vectors && !row.wide_output) {
        StoreBytes(row, constants, sums, to);
      } else if (vectors) {
        for (int p = 0; p < kTilePixels; ++p) StoreWords(row, constants, sums[p], to[p]);
      } else {
        for (int p = 0; p < kTilePixels; ++p) StoreLanes(row, block, sums[p], to[p]);
      }
    }
  }
}

// The 256 entries lie in sixteen registers; tbl and tbx leave lanes alone whose index is beyond their 64 entries.
void ApplyTable64(const uint8_t* table, const Stretches<uint8_t>& y) {
  const uint8x16x4_t t0 = vld1q_u8_x4(table);
  const uint8x16x4_t t1 = vld1q_u8_x4(table + 64);
  const uint8x16x4_t t2 = vld1q_u8_x4(table + 128);
  const uint8x16x4_t t3 = vld1q_u8_x4(table + 192);
  const uint8x16_t step = vdupq_n_u8(64);
  const int64_t whole = y.length / kVectorBytes * kVectorBytes;
  for (int64_t stretch = 0; stretch < y.count; ++stretch) {
    uint8_t* data = y.data + stretch * y.step;
    for (int64_t i = 0; i < whole; i += kVectorBytes) {
      uint8x16_t index = vld1q_u8(data + i);
      uint8x16_t value = vqtbl4q_u8(t0, index);
      index = vsubq_u8(index, step);
      value = vqtbx4q_u8(value, t1, index);
      index = vsubq_u8(index, step);
      value = vqtbx4q_u8(value, t2, index);
      index = vsubq_u8(index, step);
      vst1q_u8(data + i, vqtbx4q_u8(value, t3, index));
    }
  }
  if (whole < y.length) ApplyTable(table, {y.data + whole, y.length - whole, y.count, y.step});
}

}  // namespace

const ConvVariant row_u8s8_neon{true, RunRow, ApplyTable64, FinishSums};

}  // namespace lockstep::kernels
