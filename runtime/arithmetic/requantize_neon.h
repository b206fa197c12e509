// Requantisation of rq1 and what follows it, four lanes and sixteen channels at a time, for the NEON of ARMv7 and
// aarch64. Everything is inlined always: no copy exists that a linker could take from a file with other flags.
#pragma once

#include <arm_neon.h>

#include <cstdint>

namespace lockstep::kernels {

// Four channels' constants.
struct RequantizeNeon {
  int32x4_t multiplier;
  int32x4_t left_shift;  // the negated shifts
};

// For shifts of at least 1: the truncating doubling multiplication and the rounding shift.
[[gnu::always_inline]] inline int32x4_t RequantizeShort(int32x4_t acc, const RequantizeNeon& by) {
  return vrshlq_s32(vqdmulhq_s32(acc, by.multiplier), by.left_shift);
}

// For every shift. What 32 bits do not hold becomes their limit, which every clamp takes for the same.
[[gnu::always_inline]] inline int32x4_t RequantizeAny(int32x4_t acc, const RequantizeNeon& by) {
  const int32x4_t shift = vsubq_s32(by.left_shift, vdupq_n_s32(31));
  const int64x2_t low = vmull_s32(vget_low_s32(acc), vget_low_s32(by.multiplier));
  const int64x2_t high = vmull_s32(vget_high_s32(acc), vget_high_s32(by.multiplier));
  return vcombine_s32(vqmovn_s64(vrshlq_s64(low, vmovl_s32(vget_low_s32(shift)))),
                      vqmovn_s64(vrshlq_s64(high, vmovl_s32(vget_high_s32(shift)))));
}

[[gnu::always_inline]] inline int16x8_t SaturateNeon(int32x4_t low, int32x4_t high) {
#if defined(__aarch64__)
  return vqmovn_high_s32(vqmovn_s32(low), high);
#else
  return vcombine_s16(vqmovn_s32(low), vqmovn_s32(high));
#endif
}

[[gnu::always_inline]] inline uint8x16_t SaturateNeon(int16x8_t low, int16x8_t high) {
#if defined(__aarch64__)
  return vqmovun_high_s16(vqmovun_s16(low), high);
#else
  return vcombine_u8(vqmovun_s16(low), vqmovun_s16(high));
#endif
}

struct ByteLimitsNeon {
  int16x8_t zero_point;
  uint8x16_t low, high;

  [[gnu::always_inline]] ByteLimitsNeon(int32_t zero, int32_t floor, int32_t ceiling)
      : zero_point(vdupq_n_s16(static_cast<int16_t>(zero))),
        low(vdupq_n_u8(static_cast<uint8_t>(floor))),
        high(vdupq_n_u8(static_cast<uint8_t>(ceiling))) {}

  // Narrowing saturates: a value beyond 16 bits is beyond 0..255 with every zero point, so the sum may be done in 16.
  [[gnu::always_inline]] uint8x16_t Bytes(int32x4_t a, int32x4_t b, int32x4_t c, int32x4_t d) const {
    return BytesOfWords(SaturateNeon(a, b), SaturateNeon(c, d));
  }
  [[gnu::always_inline]] uint8x16_t BytesOfWords(int16x8_t a, int16x8_t b) const {
    return vminq_u8(vmaxq_u8(SaturateNeon(vqaddq_s16(a, zero_point), vqaddq_s16(b, zero_point)), low), high);
  }
};

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

}  // namespace lockstep::kernels
