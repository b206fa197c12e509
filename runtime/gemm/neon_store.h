// What the NEON variants of a row do with finished sums, the same on ARMv7 and aarch64. Everything is inlined always,
// as in unroll.h: no copy exists that a linker could take from a file with other flags.
#pragma once

#include <arm_neon.h>

#include "gemm/conv_driver.h"
#include "gemm/unroll.h"

namespace lockstep::kernels {

constexpr int kSumVectors = 4;  // of a pixel's block: four channels each
constexpr int kSumLanes = 4;

// A pixel's sums of a block of channels.
struct BlockSums {
  int32x4_t value[kSumVectors];
};

[[gnu::always_inline]] inline BlockSums LoadSums(const int32_t* from) {
  BlockSums sums;
  Unroll<kSumVectors>([&](auto v) { sums.value[v] = vld1q_s32(from + v * kSumLanes); });
  return sums;
}

[[gnu::always_inline]] inline int16x8_t Saturate(int32x4_t low, int32x4_t high) {
#if defined(__aarch64__)
  return vqmovn_high_s32(vqmovn_s32(low), high);
#else
  return vcombine_s16(vqmovn_s32(low), vqmovn_s32(high));
#endif
}

[[gnu::always_inline]] inline uint8x16_t SaturateToBytes(int16x8_t low, int16x8_t high) {
#if defined(__aarch64__)
  return vqmovun_high_s16(vqmovun_s16(low), high);
#else
  return vcombine_u8(vqmovun_s16(low), vqmovun_s16(high));
#endif
}

// The first `count` bytes, 1 to 15.
[[gnu::always_inline]] inline void StoreSomeBytes(uint8x16_t bytes, int32_t count, uint8_t* to) {
  uint8x8_t part = vget_low_u8(bytes);
  if ((count & 8) != 0) {
    vst1_u8(to, part);
    to += 8;
    part = vget_high_u8(bytes);
  }
  for (int32_t i = 0; i < (count & 7); ++i) {
    vst1_lane_u8(to + i, part, 0);
    part = vext_u8(part, part, 1);
  }
}

// Writes the outputs of a block's channels, in the way that suits the row.
class BlockStore {
 public:
  [[gnu::always_inline]] BlockStore(const ConvRow& row, int32_t block)
      : row_(row),
        block_(row.constants[block]),
        sums_(row.sums == nullptr ? nullptr : static_cast<int32_t*>(row.sums) + block * kBlockChannels),
        out_(row.out + ptrdiff_t{block} * kBlockChannels * (row.wide_output ? 2 : 1)),
        count_(row.channels - block * kBlockChannels < kBlockChannels ? row.channels - block * kBlockChannels
                                                                      : kBlockChannels) {
    Unroll<kSumVectors>([&](auto v) {
      multiplier_[v] = vld1q_s32(block_.multiplier + v * kSumLanes);
      left_shift_[v] = vnegq_s32(vld1q_s32(block_.shift + v * kSumLanes));
    });
  }

  [[gnu::always_inline]] void Pixel(int64_t pixel, const BlockSums& sums) const {
    if (sums_ != nullptr) {
      int32_t* to = sums_ + pixel * row_.blocks * kBlockChannels;
      Unroll<kSumVectors>([&](auto v) { vst1q_s32(to + v * kSumLanes, sums.value[v]); });
    } else if (row_.min_shift < 1) {
      Lanes(sums, out_ + pixel * row_.out_step);
    } else if (row_.wide_output) {
      Words(sums, out_ + pixel * row_.out_step);
    } else {
      Bytes(sums, out_ + pixel * row_.out_step);
    }
  }

 private:
  // The truncating doubling multiplication and the rounding shift are rq1 for every shift of at least 1.
  [[gnu::always_inline]] int32x4_t Requantize(const BlockSums& sums, int v) const {
    return vrshlq_s32(vqdmulhq_s32(sums.value[v], multiplier_[v]), left_shift_[v]);
  }

  // Narrowing saturates: a value beyond 16 bits is beyond 0..255 with every zero point, so the sum may be done in 16.
  [[gnu::always_inline]] void Bytes(const BlockSums& sums, uint8_t* to) const {
    const int16x8_t zero_point = vdupq_n_s16(static_cast<int16_t>(row_.zero_point));
    const int16x8_t low = vqaddq_s16(Saturate(Requantize(sums, 0), Requantize(sums, 1)), zero_point);
    const int16x8_t high = vqaddq_s16(Saturate(Requantize(sums, 2), Requantize(sums, 3)), zero_point);
    const uint8x16_t bytes = vminq_u8(vmaxq_u8(SaturateToBytes(low, high), vdupq_n_u8(static_cast<uint8_t>(row_.low))),
                                      vdupq_n_u8(static_cast<uint8_t>(row_.high)));
    if (count_ == kBlockChannels) {
      vst1q_u8(to, bytes);
    } else {
      StoreSomeBytes(bytes, count_, to);
    }
  }

  // The same of 16 bits: the zero point cannot take a sum out of 32.
  [[gnu::always_inline]] void Words(const BlockSums& sums, uint8_t* to) const {
    const int32x4_t zero_point = vdupq_n_s32(row_.zero_point);
    const int32x4_t floor = vdupq_n_s32(row_.low);
    const int32x4_t ceiling = vdupq_n_s32(row_.high);
    uint16_t words[kBlockChannels];
    Unroll<kSumVectors>([&](auto v) {
      const int32x4_t value = vminq_s32(vmaxq_s32(vaddq_s32(Requantize(sums, v), zero_point), floor), ceiling);
      vst1_u16(words + v * kSumLanes, vmovn_u32(vreinterpretq_u32_s32(value)));
    });
    auto* out = reinterpret_cast<uint16_t*>(to);
    for (int32_t i = 0; i < count_; ++i) out[i] = words[i];
  }

  // Any shift.
  [[gnu::always_inline]] void Lanes(const BlockSums& sums, uint8_t* to) const {
    int32_t acc[kBlockChannels];
    Unroll<kSumVectors>([&](auto v) { vst1q_s32(acc + v * kSumLanes, sums.value[v]); });
    StoreRequantized(row_, block_, acc, count_, to);
  }

  const ConvRow& row_;
  const ConvBlock& block_;
  int32_t* sums_;  // not null: nothing else is wanted
  uint8_t* out_;
  int32_t count_;  // channels
  int32x4_t multiplier_[kSumVectors], left_shift_[kSumVectors];
};

}  // namespace lockstep::kernels
