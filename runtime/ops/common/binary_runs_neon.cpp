// Add and Mul of bytes; other widths take lanes of 32 bits.
#include <cstddef>

#include "arithmetic/lanes_neon.h"
#include "ops/common/binary_lanes.h"

namespace lockstep::kernels {
namespace {

constexpr ptrdiff_t kBytes = 16;
constexpr int kVectors = 4;

// Differences to a zero point, in two halves of 16 bits.
struct Differences {
  int16x8_t low, high;
};

[[gnu::always_inline]] inline Differences DifferencesOf(uint8x16_t x, uint8x8_t zero_point) {
  return {vreinterpretq_s16_u16(vsubl_u8(vget_low_u8(x), zero_point)),
          vreinterpretq_s16_u16(vsubl_u8(vget_high_u8(x), zero_point))};
}

[[gnu::always_inline]] inline int16x4_t Quarter(const Differences& d, int v) {
  const int16x8_t half = v < 2 ? d.low : d.high;
  return v % 2 == 0 ? vget_low_s16(half) : vget_high_s16(half);
}

// A few bytes at the end of a run, or one that counts for all.
[[gnu::always_inline]] inline uint8x16_t Load(const uint8_t* from, bool same, ptrdiff_t at, ptrdiff_t count) {
  if (same) return vdupq_n_u8(*from);
  if (count >= kBytes) return vld1q_u8(from + at);
  uint8_t few[kBytes] = {};
  for (ptrdiff_t i = 0; i < count; ++i) few[i] = from[at + i];
  return vld1q_u8(few);
}

// combine(differences of a, of b, quarter) gives four values in front of the zero point.
template <typename Combine>
[[gnu::always_inline]] inline void ForEachVector(const BinaryRun& run, int32_t zero_a, int32_t zero_b,
                                                 const ByteLimitsNeon& limits, Combine combine) {
  const uint8x8_t za = vdup_n_u8(static_cast<uint8_t>(zero_a));
  const uint8x8_t zb = vdup_n_u8(static_cast<uint8_t>(zero_b));
  const auto count = static_cast<ptrdiff_t>(run.count);
  for (ptrdiff_t row = 0; row < run.rows; ++row) {
    const uint8_t* a = run.a + row * run.step_a;
    const uint8_t* b = run.b + row * run.step_b;
    uint8_t* y = run.y + row * run.step_y;
    const auto bytes = [&](uint8x16_t left, uint8x16_t right) __attribute__((always_inline)) {
      const Differences da = DifferencesOf(left, za);
      const Differences db = DifferencesOf(right, zb);
      return limits.Bytes(combine(da, db, 0), combine(da, db, 1), combine(da, db, 2), combine(da, db, 3));
    };
    ptrdiff_t i = 0;
    if (!run.same_a && !run.same_b) {
      for (; i + kBytes <= count; i += kBytes) vst1q_u8(y + i, bytes(vld1q_u8(a + i), vld1q_u8(b + i)));
    }
    for (; i < count; i += kBytes) {
      const ptrdiff_t left = count - i;
      const uint8x16_t value = bytes(Load(a, run.same_a, i, left), Load(b, run.same_b, i, left));
      if (left >= kBytes) {
        vst1q_u8(y + i, value);
      } else {
        StoreSomeBytes(value, static_cast<int32_t>(left), y + i);
      }
    }
  }
}

bool IsOfBytes(const BinaryRun& run) { return !run.wide_a && !run.wide_b && !run.wide_y; }

}  // namespace

// The format bounds multipliers and shift so that 32 bits hold every step.
void AddRunNeon(const AddConstants& c, const BinaryRun& run) {
  if (!IsOfBytes(run)) return AddLanes(c, run);
  const ByteLimitsNeon limits(c.zero_point, c.low, c.high);
  const int32x4_t left_shift = vdupq_n_s32(-c.shift);
  const int32x4_t ma = vdupq_n_s32(c.multiplier_a);
  const int32x4_t mb = vdupq_n_s32(c.multiplier_b);
  ForEachVector(
      run, c.zero_a, c.zero_b,
      limits, [&](const Differences& a, const Differences& b, int v) __attribute__((always_inline)) {
        const int32x4_t sum = vmlaq_s32(vmulq_s32(vmovl_s16(Quarter(a, v)), ma), vmovl_s16(Quarter(b, v)), mb);
        return vrshlq_s32(sum, left_shift);
      });
}

void MulRunNeon(const MulConstants& c, const BinaryRun& run) {
  if (!IsOfBytes(run)) return MulLanes(c, run);
  const ByteLimitsNeon limits(c.zero_point, c.low, c.high);
  const RequantizeNeon by = {vdupq_n_s32(c.multiplier), vdupq_n_s32(-c.shift)};
  if (c.shift >= 1) {
    ForEachVector(
        run, c.zero_a, c.zero_b,
        limits, [&](const Differences& a, const Differences& b, int v) __attribute__((always_inline)) {
          return RequantizeShort(vmull_s16(Quarter(a, v), Quarter(b, v)), by);
        });
  } else {
    ForEachVector(
        run, c.zero_a, c.zero_b,
        limits, [&](const Differences& a, const Differences& b, int v) __attribute__((always_inline)) {
          return RequantizeAny(vmull_s16(Quarter(a, v), Quarter(b, v)), by);
        });
  }
}

void PReluRunNeon(const PReluConstants& constants, const BinaryRun& run) { PReluLanes(constants, run); }

}  // namespace lockstep::kernels
