// Requantisation of rq1 by MSA. Included by files of this instruction set alone; everything here is always inlined, so
// that no copy of it exists that a linker could take for others.
#pragma once

#include <msa.h>

#include <cstdint>
#include <cstring>

#include "arithmetic/requantize.h"

namespace lockstep::kernels::msa {

#define LOCKSTEP_INLINE [[gnu::always_inline]] inline

constexpr int kLanes = 4;    // of sums in a vector
constexpr int kVectors = 4;  // of sums, for the 16 bytes of a vector of outputs
constexpr int kVectorBytes = 16;

LOCKSTEP_INLINE v16i8 Load(const void* from) { return __msa_ld_b(const_cast<void*>(from), 0); }
LOCKSTEP_INLINE v4i32 LoadWords(const int32_t* from) { return __msa_ld_w(const_cast<int32_t*>(from), 0); }

// clamp(zero_point + v) as zero_point + clamp(v): the zero point is added to 16 packed values at once.
struct Limits {
  LOCKSTEP_INLINE Limits(int32_t zero_point_, int32_t low_, int32_t high_)
      : low(__msa_fill_w(low_ - zero_point_)), high(__msa_fill_w(high_ - zero_point_)), zero_point(zero_point_) {}

  v4i32 low, high;
  int32_t zero_point;
};

// rq1 for shifts of at least 1: the truncating Q31 multiplication and the rounding shift.
LOCKSTEP_INLINE v4i32 Requantize(const Limits& limits, v4i32 acc, v4i32 multiplier, v4i32 shift) {
  const v4i32 value = __msa_srar_w(__msa_mul_q_w(acc, multiplier), shift);
  return __msa_min_s_w(__msa_max_s_w(value, limits.low), limits.high);
}

// For any shift.
LOCKSTEP_INLINE v4i32 RequantizeLanes(const Limits& limits, v4i32 acc, const int32_t* multiplier,
                                      const int32_t* shift) {
  int32_t lanes[kLanes];
  int32_t low;
  int32_t high;
  std::memcpy(lanes, &acc, sizeof lanes);
  std::memcpy(&low, &limits.low, sizeof low);
  std::memcpy(&high, &limits.high, sizeof high);
  for (int i = 0; i < kLanes; ++i) lanes[i] = RequantizeClamped(lanes[i], multiplier[i], shift[i], 0, low, high);
  return LoadWords(lanes);
}

// Four vectors of values, what is missing of the zero point added, in halves or bytes.
LOCKSTEP_INLINE v8i16 PackHalves(const Limits& limits, v4i32 first, v4i32 second) {
  const v8i16 packed = __msa_pckev_h(reinterpret_cast<v8i16>(second), reinterpret_cast<v8i16>(first));
  return __msa_addv_h(packed, __msa_fill_h(limits.zero_point));
}

LOCKSTEP_INLINE v16i8 PackBytes(const Limits& limits, const v4i32 (&values)[kVectors]) {
  const v8i16 low = __msa_pckev_h(reinterpret_cast<v8i16>(values[1]), reinterpret_cast<v8i16>(values[0]));
  const v8i16 high = __msa_pckev_h(reinterpret_cast<v8i16>(values[3]), reinterpret_cast<v8i16>(values[2]));
  const v16i8 packed = __msa_pckev_b(reinterpret_cast<v16i8>(high), reinterpret_cast<v16i8>(low));
  return __msa_addv_b(packed, __msa_fill_b(limits.zero_point));
}

}  // namespace lockstep::kernels::msa
