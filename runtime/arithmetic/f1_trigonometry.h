// sin, cos and tan in contract f1, for every float: the reduction by pi/2 is integer arithmetic.
#pragma once

#include "arithmetic/f1.h"

namespace lockstep::f1 {

// |x| = (quarter + 4 * k) * pi/2 + rest, |rest| <= pi/4 (and a little more for |x| < 1/2, where it is |x|).
struct Quadrant {
  uint32_t quarter;
  float rest;
};

// For finite x. |x| = mantissa * 2^s. Of the bits of 2/pi only 96 matter: those in front contribute multiples of 4,
// those behind less than 2^-70. The product has its binary point behind the second bit; rest * 2/pi is never below
// 2^-35.
inline Quadrant ReduceByHalfPi(float x) {
  constexpr uint32_t kTwoOverPi[] = {0x00000000U, 0xa2f9836eU, 0x4e441529U, 0xfc2757d1U,
                                     0xf534ddc0U, 0xdb629599U, 0x3c439041U, 0xfe5163abU};
  constexpr double kHalfPi = 0x1.921fb54442d18p+0;
  const uint32_t bits = BitsOf(x);
  const uint32_t exponent = (bits >> 23) & 0xffU;
  if (exponent < 126) return {0, Abs(x)};
  const uint64_t mantissa = (bits & 0x7fffffU) | 0x800000U;
  const uint32_t first = exponent - 120;
  const uint32_t* words = kTwoOverPi + first / 32;
  const uint32_t shift = first % 32;
  uint32_t window[3];
  for (int i = 0; i < 3; ++i) {
    window[i] = static_cast<uint32_t>((((uint64_t{words[i]} << 32) | words[i + 1]) << shift) >> 32);
  }
  const uint64_t product = ((mantissa * window[0]) << 32) + mantissa * window[1] + ((mantissa * window[2]) >> 32);
  const uint32_t quarter = static_cast<uint32_t>((product + (uint64_t{1} << 61)) >> 62);
  const uint64_t rest = product - (uint64_t{quarter} << 62);
  const double high = static_cast<int32_t>(static_cast<uint32_t>(rest >> 32));
  const double low = static_cast<uint32_t>(rest);
  return {quarter & 3U, static_cast<float>((high * 0x1p-30 + low * 0x1p-62) * kHalfPi)};
}

inline float SinOfRest(float r) {
  const float s = r * r;
  float p = -0x1.9953fep-13F;
  p = p * s + 0x1.110778p-7F;
  p = p * s - 0x1.555546p-3F;
  return r + (r * s) * p;
}

inline float CosOfRest(float r) {
  const float s = r * r;
  float p = 0x1.99e80cp-16F;
  p = p * s - 0x1.6c0c28p-10F;
  p = p * s + 0x1.55554ap-5F;
  return 1.0F + (s * s * p - 0.5F * s);
}

// The sine of |x| + quarters * pi/2.
inline float SinOfSum(float x, uint32_t quarters) {
  const Quadrant q = ReduceByHalfPi(x);
  const uint32_t quarter = q.quarter + quarters;
  const float y = (quarter & 1U) != 0 ? CosOfRest(q.rest) : SinOfRest(q.rest);
  return (quarter & 2U) != 0 ? -y : y;
}

// A NaN for an infinite x.
inline float Sin(float x) {
  if (!(Abs(x) < FromBits(kInfinityBits))) return FromBits(kNaNBits);
  if (Abs(x) < 0x1p-12F) return x;
  const float y = SinOfSum(x, 0);
  return x < 0.0F ? -y : y;
}

inline float Cos(float x) {
  if (!(Abs(x) < FromBits(kInfinityBits))) return FromBits(kNaNBits);
  return SinOfSum(x, 1);
}

inline float Tan(float x) {
  if (!(Abs(x) < FromBits(kInfinityBits))) return FromBits(kNaNBits);
  if (Abs(x) < 0x1p-12F) return x;
  const Quadrant q = ReduceByHalfPi(x);
  const float sin = SinOfRest(q.rest);
  const float cos = CosOfRest(q.rest);
  const float y = (q.quarter & 1U) != 0 ? -cos / sin : sin / cos;
  return x < 0.0F ? -y : y;
}

}  // namespace lockstep::f1
