// Baseline NEON has no dot product: smull and smlal multiply two quads of one pixel with two channels each into 16-bit
// lanes (with x - 128 and w within +-127 two products fit), sadalp widens and adds neighbours. So a channel has two
// 32-bit lanes, which are added at the end. A tile is two pixels by sixteen channels: sixteen accumulators, and room
// for what it takes to keep an in-order core busy.
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
constexpr int kVectors = 4;        // of accumulators, four channels each
constexpr int kLanes = 4;
constexpr int kDepth = 4;
constexpr int kVectorBytes = 16;

struct PixelSums {
  int32x4_t value[kSums];
};

// Two quads of two pixels at a time. As assembler because gcc 12 takes a fifth more instructions: it moves loads and
// products so far apart that accumulators are spilled, and splits broadcasting loads.
void AccumulatePairs(const int8_t* weights, const uint8_t* x0, const uint8_t* x1, int64_t pairs, PixelSums* sums) {
  __asm__ volatile(
      "ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[sums]], #64\n"
      "ld1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[sums]], #64\n"
      "ld1 {v24.4s, v25.4s, v26.4s, v27.4s}, [%[sums]], #64\n"
      "ld1 {v28.4s, v29.4s, v30.4s, v31.4s}, [%[sums]]\n"
      "sub %[sums], %[sums], #192\n"
      "1:\n"
      "ldp q4, q5, [%[weights]], #32\n"
      "ld1r {v0.4s}, [%[x0]], #4\n"
      "ld1r {v2.4s}, [%[x1]], #4\n"
      "ldp q6, q7, [%[weights], #32]\n"
      "ld1r {v1.4s}, [%[x0]], #4\n"
      "ld1r {v3.4s}, [%[x1]], #4\n"
      "smull v8.8h, v4.8b, v0.8b\n"
      "smull2 v9.8h, v4.16b, v0.16b\n"
      "subs %[pairs], %[pairs], #1\n"
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
      "st1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[sums]], #64\n"
      "st1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[sums]], #64\n"
      "st1 {v24.4s, v25.4s, v26.4s, v27.4s}, [%[sums]], #64\n"
      "st1 {v28.4s, v29.4s, v30.4s, v31.4s}, [%[sums]]\n"
      : [weights] "+r"(weights), [x0] "+r"(x0), [x1] "+r"(x1), [pairs] "+r"(pairs), [sums] "+r"(sums)
      :
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

void Accumulate(const ConvRow& row, int32_t block, const int64_t (&pixels)[kTilePixels],
                PixelSums (&sums)[kTilePixels]) {
  const int64_t pairs = row.quads / 2;
  const int8_t* weights = row.weights + int64_t{block} * row.segment_count * row.quads * kQuadBytes;
  for (int32_t segment = 0; segment < row.segment_count; ++segment) {
    const uint8_t* x0 = row.segments[segment] + pixels[0] * row.pixel_step;
    const uint8_t* x1 = row.segments[segment] + pixels[1] * row.pixel_step;
    if (pairs != 0) AccumulatePairs(weights, x0, x1, pairs, sums);
    if (row.quads % 2 != 0) {
      AccumulateQuad(weights + pairs * 2 * kQuadBytes, x0 + pairs * 2 * kDepth, sums[0]);
      AccumulateQuad(weights + pairs * 2 * kQuadBytes, x1 + pairs * 2 * kDepth, sums[1]);
    }
    weights += int64_t{row.quads} * kQuadBytes;
  }
}

// The truncating doubling multiplication and the rounding shift are rq1 for every shift of at least 1. Narrowing
// saturates: a value beyond 16 bits is beyond 0..255 with every zero point, so the sum may be done in 16 bits.
void StoreBytes(const ConvRow& row, int32_t block, const int64_t (&pixels)[kTilePixels],
                const PixelSums (&sums)[kTilePixels]) {
  const ConvBlock& constants = row.constants[block];
  int32x4_t rq[kTilePixels][kVectors];
  Unroll<kVectors>([&](auto v) {
    const int32x4_t multiplier = vld1q_s32(constants.multiplier + v * kLanes);
    const int32x4_t left = vnegq_s32(vld1q_s32(constants.shift + v * kLanes));
    const int32x4_t start = vld1q_s32(constants.acc_init + v * kLanes);
    Unroll<kTilePixels>([&](auto p) {
      const int32x4_t sum = vpaddq_s32(sums[p].value[2 * v], sums[p].value[2 * v + 1]);
      rq[p][v] = vrshlq_s32(vqdmulhq_s32(vaddq_s32(sum, start), multiplier), left);
    });
  });
  const int16x8_t zero_point = vdupq_n_s16(static_cast<int16_t>(row.zero_point));
  Unroll<kTilePixels>([&](auto p) {
    const int16x8_t low = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(rq[p][0]), rq[p][1]), zero_point);
    const int16x8_t high = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(rq[p][2]), rq[p][3]), zero_point);
    uint8x16_t bytes = vqmovun_high_s16(vqmovun_s16(low), high);
    bytes = vmaxq_u8(bytes, vdupq_n_u8(static_cast<uint8_t>(row.low)));
    bytes = vminq_u8(bytes, vdupq_n_u8(static_cast<uint8_t>(row.high)));
    vst1q_u8(row.out + pixels[p] * row.out_step + block * kBlockChannels, bytes);
  });
}

// Any shift, any output type, any number of channels.
void StoreLanes(const ConvRow& row, int32_t block, int64_t pixel, const PixelSums& sums) {
  const ConvBlock& constants = row.constants[block];
  int32_t acc[kBlockChannels];
  Unroll<kVectors>([&](auto v) {
    const int32x4_t start = vld1q_s32(constants.acc_init + v * kLanes);
    vst1q_s32(acc + v * kLanes, vaddq_s32(vpaddq_s32(sums.value[2 * v], sums.value[2 * v + 1]), start));
  });
  const int32_t first = block * kBlockChannels;
  uint8_t* to = row.out + pixel * row.out_step;
  for (int32_t i = 0; i < kBlockChannels && first + i < row.channels; ++i) {
    const int32_t value =
        RequantizeClamped(acc[i], constants.multiplier[i], constants.shift[i], row.zero_point, row.low, row.high);
    if (row.wide_output) {
      reinterpret_cast<uint16_t*>(to)[first + i] = static_cast<uint16_t>(value);
    } else {
      to[first + i] = static_cast<uint8_t>(value);
    }
  }
}

void RunRow(const ConvRow& row) {
  for (int32_t block = 0; block < row.blocks; ++block) {
    const bool full = row.channels - block * kBlockChannels >= kBlockChannels;
    const bool bytes = full && !row.wide_output && row.min_shift >= 1;
    for (int64_t pixel = 0; pixel < row.pixels; pixel += kTilePixels) {
      // Behind the row's last pixel the second one is that pixel once more.
      const int64_t pixels[kTilePixels] = {pixel, pixel + 1 < row.pixels ? pixel + 1 : pixel};
      PixelSums sums[kTilePixels] = {};
      Accumulate(row, block, pixels, sums);
      if (bytes) {
        StoreBytes(row, block, pixels, sums);
      } else {
        for (int p = 0; p < kTilePixels; ++p) StoreLanes(row, block, pixels[p], sums[p]);
      }
    }
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
