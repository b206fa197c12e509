// What kernels that are written once for several instruction sets work with, for the NEON of ARMv7 and aarch64.
// Everything is inlined always: no copy exists that a linker could take from a file with other flags.
#pragma once

#include "arithmetic/requantize_neon.h"

namespace lockstep::kernels::lanes {

#define LOCKSTEP_LANES [[gnu::always_inline]] inline

using Bytes = uint8x16_t;
using Halves = int16x8_t;
using Words = int32x4_t;
using Longs = int64x2_t;

LOCKSTEP_LANES Bytes SplatBytes(int32_t value) { return vdupq_n_u8(static_cast<uint8_t>(value)); }
LOCKSTEP_LANES Halves SplatHalves(int32_t value) { return vdupq_n_s16(static_cast<int16_t>(value)); }
LOCKSTEP_LANES Words SplatWords(int32_t value) { return vdupq_n_s32(value); }
LOCKSTEP_LANES Longs SplatLongs(int64_t value) { return vdupq_n_s64(value); }
LOCKSTEP_LANES Bytes LoadBytes(const void* from) { return vld1q_u8(static_cast<const uint8_t*>(from)); }
LOCKSTEP_LANES Halves LoadHalves(const void* from) {
  return vreinterpretq_s16_u8(vld1q_u8(static_cast<const uint8_t*>(from)));
}
LOCKSTEP_LANES Words LoadWords(const int32_t* from) { return vld1q_s32(from); }
LOCKSTEP_LANES Longs LoadLongs(const int64_t* from) { return vld1q_s64(from); }
LOCKSTEP_LANES void StoreBytes(Bytes value, void* to) { vst1q_u8(static_cast<uint8_t*>(to), value); }
LOCKSTEP_LANES void StoreHalves(Halves value, void* to) {
  vst1q_u8(static_cast<uint8_t*>(to), vreinterpretq_u8_s16(value));
}
LOCKSTEP_LANES void StoreWords(Words value, int32_t* to) { vst1q_s32(to, value); }
LOCKSTEP_LANES void StoreLongs(Longs value, int64_t* to) { vst1q_s64(to, value); }

LOCKSTEP_LANES Bytes Largest(Bytes a, Bytes b) { return vmaxq_u8(a, b); }
LOCKSTEP_LANES Halves LargestUnsigned(Halves a, Halves b) {
  return vreinterpretq_s16_u16(vmaxq_u16(vreinterpretq_u16_s16(a), vreinterpretq_u16_s16(b)));
}
LOCKSTEP_LANES uint8_t LargestOf(Bytes x) {
#if defined(__aarch64__)
  return vmaxvq_u8(x);
#else
  uint8x8_t most = vpmax_u8(vget_low_u8(x), vget_high_u8(x));
  most = vpmax_u8(most, most);
  most = vpmax_u8(most, most);
  return vget_lane_u8(vpmax_u8(most, most), 0);
#endif
}
LOCKSTEP_LANES Words Largest(Words a, Words b) { return vmaxq_s32(a, b); }
LOCKSTEP_LANES Words Least(Words a, Words b) { return vminq_s32(a, b); }
LOCKSTEP_LANES Words Add(Words a, Words b) { return vaddq_s32(a, b); }
LOCKSTEP_LANES Halves Add(Halves a, Halves b) { return vaddq_s16(a, b); }
LOCKSTEP_LANES Longs Add(Longs a, Longs b) { return vaddq_s64(a, b); }
LOCKSTEP_LANES Words Subtract(Words a, Words b) { return vsubq_s32(a, b); }
LOCKSTEP_LANES Halves Subtract(Halves a, Halves b) { return vsubq_s16(a, b); }
LOCKSTEP_LANES Halves FlipSigns(Halves x) { return veorq_s16(x, vdupq_n_s16(INT16_MIN)); }
LOCKSTEP_LANES Words Multiply(Words a, Words b) { return vmulq_s32(a, b); }
LOCKSTEP_LANES Words MultiplyAdd(Words sum, Words a, Words b) { return vmlaq_s32(sum, a, b); }
LOCKSTEP_LANES Words MultiplySubtract(Words sum, Words a, Words b) { return vmlsq_s32(sum, a, b); }
// The upper word of 2 * a * b.
LOCKSTEP_LANES Words MultiplyHigh(Words a, Words b) { return vqdmulhq_s32(a, b); }
// All bits where a >= b, both unsigned.
LOCKSTEP_LANES Words AtLeast(Words a, Words b) {
  return vreinterpretq_s32_u32(vcgeq_u32(vreinterpretq_u32_s32(a), vreinterpretq_u32_s32(b)));
}
// By the same number of bits for all lanes.
struct WordShift {
  Words left;

  LOCKSTEP_LANES static WordShift Left(int32_t by) { return {SplatWords(by)}; }
  LOCKSTEP_LANES static WordShift Right(int32_t by) { return {SplatWords(-by)}; }
  LOCKSTEP_LANES Words ToLeft(Words x) const { return vshlq_s32(x, left); }
  LOCKSTEP_LANES Words ToRight(Words x) const { return vshlq_s32(x, left); }
};
// a where x < 0, else b.
LOCKSTEP_LANES Words WhereNegative(Words x, Words a, Words b) {
  return vbslq_s32(vreinterpretq_u32_s32(vshrq_n_s32(x, 31)), a, b);
}

LOCKSTEP_LANES Halves LowOf(Bytes x) { return vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(x))); }
LOCKSTEP_LANES Halves HighOf(Bytes x) { return vreinterpretq_s16_u16(vmovl_u8(vget_high_u8(x))); }
LOCKSTEP_LANES Halves SignedLowOf(Bytes x) { return vmovl_s8(vreinterpret_s8_u8(vget_low_u8(x))); }
LOCKSTEP_LANES Halves SignedHighOf(Bytes x) { return vmovl_s8(vreinterpret_s8_u8(vget_high_u8(x))); }
LOCKSTEP_LANES Halves LoadEightBytes(const uint8_t* from) { return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(from))); }
LOCKSTEP_LANES void StoreEightBytes(Halves x, uint8_t* to) { vst1_u8(to, vmovn_u16(vreinterpretq_u16_s16(x))); }
LOCKSTEP_LANES Words SignedLowOf(Halves x) { return vmovl_s16(vget_low_s16(x)); }
LOCKSTEP_LANES Words SignedHighOf(Halves x) { return vmovl_s16(vget_high_s16(x)); }
LOCKSTEP_LANES Words LowOf(Halves x) { return vreinterpretq_s32_u32(vmovl_u16(vreinterpret_u16_s16(vget_low_s16(x)))); }
LOCKSTEP_LANES Words HighOf(Halves x) {
  return vreinterpretq_s32_u32(vmovl_u16(vreinterpret_u16_s16(vget_high_s16(x))));
}
LOCKSTEP_LANES Longs SignedLowOf(Words x) { return vmovl_s32(vget_low_s32(x)); }
LOCKSTEP_LANES Longs SignedHighOf(Words x) { return vmovl_s32(vget_high_s32(x)); }
// The lower parts of what fits.
LOCKSTEP_LANES Halves Narrow(Words low, Words high) { return vcombine_s16(vmovn_s32(low), vmovn_s32(high)); }
LOCKSTEP_LANES Bytes Narrow(Halves low, Halves high) {
  return vreinterpretq_u8_s8(vcombine_s8(vmovn_s16(low), vmovn_s16(high)));
}
LOCKSTEP_LANES Words Saturate(Longs low, Longs high) { return vcombine_s32(vqmovn_s64(low), vqmovn_s64(high)); }

LOCKSTEP_LANES void StoreScaled(Words x, float scale, float* to) {
  vst1q_f32(to, vmulq_n_f32(vcvtq_f32_s32(x), scale));
}

// Multipliers and shifts of four lanes.
using Scale = RequantizeNeon;
LOCKSTEP_LANES Scale ScaleOf(Words multiplier, Words shift) { return {multiplier, vnegq_s32(shift)}; }
LOCKSTEP_LANES Words ShiftRounded(Words x, const Scale& by) { return vrshlq_s32(x, by.left_shift); }
using kernels::RequantizeAny;
using kernels::RequantizeShort;

// (a * ma + b * mb) >> shift, rounded half up, of sums of 64 bits.
struct WeightedSum {
  Words ma, mb;
  Longs left_shift;

  LOCKSTEP_LANES WeightedSum(int32_t multiplier_a, int32_t multiplier_b, int32_t shift)
      : ma(SplatWords(multiplier_a)), mb(SplatWords(multiplier_b)), left_shift(SplatLongs(-shift)) {}
  LOCKSTEP_LANES Words Of(Words a, Words b) const {
    const Longs low = vmlal_s32(vmull_s32(vget_low_s32(a), vget_low_s32(ma)), vget_low_s32(b), vget_low_s32(mb));
    const Longs high = vmlal_s32(vmull_s32(vget_high_s32(a), vget_high_s32(ma)), vget_high_s32(b), vget_high_s32(mb));
    return Saturate(vrshlq_s64(low, left_shift), vrshlq_s64(high, left_shift));
  }
};

// As rq1::RequantizeWide, for shifts from kLongShift on, in two steps as kernels::RequantizeLong.
struct LongScale {
  Words multiplier;
  Longs left_shift[2];

  LOCKSTEP_LANES LongScale(Words m, Words shift) : multiplier(m) {
    const Words left = vsubq_s32(vdupq_n_s32(-7), shift);
    left_shift[0] = SignedLowOf(left);
    left_shift[1] = SignedHighOf(left);
  }
  LOCKSTEP_LANES static Longs Half(Longs acc, int32x2_t m, Longs left) {
    const int32x2_t low = vand_s32(vmovn_s64(acc), vdup_n_s32((1 << 24) - 1));
    const Longs product = vshrq_n_s64(vmull_s32(low, m), 24);
    return vrshlq_s64(vmlal_s32(product, vshrn_n_s64(acc, 24), m), left);
  }
  LOCKSTEP_LANES Words Of(Longs low, Longs high) const {
    return Saturate(Half(low, vget_low_s32(multiplier), left_shift[0]),
                    Half(high, vget_high_s32(multiplier), left_shift[1]));
  }
};

LOCKSTEP_LANES Longs ProductsLow(Words a, Words b) { return vmull_s32(vget_low_s32(a), vget_low_s32(b)); }
LOCKSTEP_LANES Longs ProductsHigh(Words a, Words b) { return vmull_s32(vget_high_s32(a), vget_high_s32(b)); }

// x * 2^32
LOCKSTEP_LANES Longs ShiftedLow(Words x) { return vreinterpretq_s64_s32(vzipq_s32(vdupq_n_s32(0), x).val[0]); }
LOCKSTEP_LANES Longs ShiftedHigh(Words x) { return vreinterpretq_s64_s32(vzipq_s32(vdupq_n_s32(0), x).val[1]); }

// To the right, rounded half up.
struct LongShift {
  Longs left;

  LOCKSTEP_LANES explicit LongShift(int32_t right) : left(SplatLongs(-right)) {}
  LOCKSTEP_LANES Longs Of(Longs x) const { return vrshlq_s64(x, left); }
};

// Two rows of factors whose products are added.
struct HalvesPair {
  Halves first, second;

  // What to keep in memory of two rows of weights.
  LOCKSTEP_LANES static HalvesPair Of(Halves a, Halves b) { return {a, b}; }
};

LOCKSTEP_LANES void AddProducts(Words (&sums)[2], const HalvesPair& x, const HalvesPair& w) {
  sums[0] = vmlal_s16(sums[0], vget_low_s16(x.first), vget_low_s16(w.first));
#if defined(__aarch64__)
  sums[1] = vmlal_high_s16(sums[1], x.first, w.first);
  sums[0] = vmlal_s16(sums[0], vget_low_s16(x.second), vget_low_s16(w.second));
  sums[1] = vmlal_high_s16(sums[1], x.second, w.second);
#else
  sums[1] = vmlal_s16(sums[1], vget_high_s16(x.first), vget_high_s16(w.first));
  sums[0] = vmlal_s16(sums[0], vget_low_s16(x.second), vget_low_s16(w.second));
  sums[1] = vmlal_s16(sums[1], vget_high_s16(x.second), vget_high_s16(w.second));
#endif
}

// Sums of products of a row's neighbours 2 * kPair and 2 * kPair + 1 with two rows of factors.
template <int kPair>
LOCKSTEP_LANES void AddPair(Words (&sums)[2], Halves a, const HalvesPair& b) {
  const int16x4_t half = kPair < 2 ? vget_low_s16(a) : vget_high_s16(a);
  constexpr int kLane = kPair % 2 * 2;
  sums[0] = vmlal_lane_s16(sums[0], vget_low_s16(b.first), half, kLane);
  sums[1] = vmlal_lane_s16(sums[1], vget_high_s16(b.first), half, kLane);
  sums[0] = vmlal_lane_s16(sums[0], vget_low_s16(b.second), half, kLane + 1);
  sums[1] = vmlal_lane_s16(sums[1], vget_high_s16(b.second), half, kLane + 1);
}

struct WordsPair {
  Words first, second;

  LOCKSTEP_LANES static WordsPair Of(Words a, Words b) { return {a, b}; }
};

template <int kPair>
LOCKSTEP_LANES void AddPair(Longs (&sums)[2], Words a, const WordsPair& b) {
  const int32x2_t half = kPair == 0 ? vget_low_s32(a) : vget_high_s32(a);
  sums[0] = vmlal_lane_s32(sums[0], vget_low_s32(b.first), half, 0);
  sums[1] = vmlal_lane_s32(sums[1], vget_high_s32(b.first), half, 0);
  sums[0] = vmlal_lane_s32(sums[0], vget_low_s32(b.second), half, 1);
  sums[1] = vmlal_lane_s32(sums[1], vget_high_s32(b.second), half, 1);
}

LOCKSTEP_LANES void StoreLowBytes(Bytes x, uint8_t* to) { vst1_u8(to, vget_low_u8(x)); }
LOCKSTEP_LANES void StoreHighBytes(Bytes x, uint8_t* to) { vst1_u8(to, vget_high_u8(x)); }
// Elements of two vectors in turn.
LOCKSTEP_LANES Bytes InterleaveLow(Bytes a, Bytes b) { return vzipq_u8(a, b).val[0]; }
LOCKSTEP_LANES Bytes InterleaveHigh(Bytes a, Bytes b) { return vzipq_u8(a, b).val[1]; }
LOCKSTEP_LANES Halves InterleaveLow(Halves a, Halves b) { return vzipq_s16(a, b).val[0]; }
LOCKSTEP_LANES Halves InterleaveHigh(Halves a, Halves b) { return vzipq_s16(a, b).val[1]; }

}  // namespace lockstep::kernels::lanes

#include "arithmetic/lanes.h"
