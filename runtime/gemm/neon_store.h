// What the NEON variants of a row do with finished sums, the same on ARMv7 and aarch64.
#pragma once

#include "arithmetic/requantize_neon.h"
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

// Writes the outputs of a block's channels, in the way that suits the row.
class BlockStore {
 public:
  [[gnu::always_inline]] BlockStore(const ConvRow& row, int32_t block)
      : row_(row),
        sums_(row.sums == nullptr ? nullptr : static_cast<int32_t*>(row.sums) + block * kBlockChannels),
        out_(row.out + ptrdiff_t{block} * kBlockChannels * (row.wide_output ? 2 : 1)),
        count_(row.channels - block * kBlockChannels < kBlockChannels ? row.channels - block * kBlockChannels
                                                                      : kBlockChannels),
        limits_(row.zero_point, row.low, row.high) {
    const ConvBlock& constants = row.constants[block];
    Unroll<kSumVectors>([&](auto v) {
      by_[v] = {vld1q_s32(constants.multiplier + v * kSumLanes), vnegq_s32(vld1q_s32(constants.shift + v * kSumLanes))};
    });
  }

  [[gnu::always_inline]] void Pixel(int64_t pixel, const BlockSums& sums) const {
    if (sums_ != nullptr) {
      int32_t* to = sums_ + pixel * row_.blocks * kBlockChannels;
      Unroll<kSumVectors>([&](auto v) { vst1q_s32(to + v * kSumLanes, sums.value[v]); });
      return;
    }
    uint8_t* to = out_ + pixel * row_.out_step;
    BlockSums rq;
    if (row_.min_shift >= 1) {
      Unroll<kSumVectors>([&](auto v) { rq.value[v] = RequantizeShort(sums.value[v], by_[v]); });
    } else {
      Unroll<kSumVectors>([&](auto v) { rq.value[v] = RequantizeAny(sums.value[v], by_[v]); });
    }
    if (row_.wide_output) {
      Words(rq, reinterpret_cast<uint16_t*>(to));
    } else {
      Bytes(rq, to);
    }
  }

 private:
  [[gnu::always_inline]] void Bytes(const BlockSums& rq, uint8_t* to) const {
    const uint8x16_t bytes = limits_.Bytes(rq.value[0], rq.value[1], rq.value[2], rq.value[3]);
    if (count_ == kBlockChannels) {
      vst1q_u8(to, bytes);
    } else {
      StoreSomeBytes(bytes, count_, to);
    }
  }

  [[gnu::always_inline]] void Words(const BlockSums& rq, uint16_t* to) const {
    const int32x4_t zero_point = vdupq_n_s32(row_.zero_point);
    const int32x4_t floor = vdupq_n_s32(row_.low);
    const int32x4_t ceiling = vdupq_n_s32(row_.high);
    uint16_t words[kBlockChannels];
    Unroll<kSumVectors>([&](auto v) {
      const int32x4_t value = vminq_s32(vmaxq_s32(vqaddq_s32(rq.value[v], zero_point), floor), ceiling);
      vst1_u16(words + v * kSumLanes, vmovn_u32(vreinterpretq_u32_s32(value)));
    });
    for (int32_t i = 0; i < count_; ++i) to[i] = words[i];
  }

  const ConvRow& row_;
  int32_t* sums_;  // not null: nothing else is wanted
  uint8_t* out_;
  int32_t count_;  // channels
  ByteLimitsNeon limits_;
  RequantizeNeon by_[kSumVectors];
};

}  // namespace lockstep::kernels
