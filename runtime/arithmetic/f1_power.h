// Powers in contract f1: exp(exponent * log(x)) by basic operations of float64, each with its own rounding, so that the
// float result is the nearest one but for rare ties.
#pragma once

#include "arithmetic/f1.h"

namespace lockstep::f1 {

inline constexpr double kLn2Double = 0x1.62e42fefa39efp-1;
inline constexpr double kLog2OfEDouble = 0x1.71547652b82fep+0;

// The logarithm of a positive finite float: 2^k * m with m in [sqrt(1/2), sqrt(2)), and log(m) = 2 *
// atanh((m-1)/(m+1)).
inline double LogInDouble(float x) {
  const bool subnormal = x < 0x1p-126F;
  const uint32_t bits = BitsOf(subnormal ? x * 0x1p24F : x);
  const auto k = static_cast<int32_t>(bits - 0x3f3504f3U) >> 23;
  const double m = FromBits(bits - (static_cast<uint32_t>(k) << 23));
  const double z = (m - 1.0) / (m + 1.0);
  const double s = z * z;
  double p = 0x1.1111111111111p-3;  // 2/15, 2/13, ...
  p = p * s + 0x1.3b13b13b13b14p-3;
  p = p * s + 0x1.745d1745d1746p-3;
  p = p * s + 0x1.c71c71c71c71cp-3;
  p = p * s + 0x1.2492492492492p-2;
  p = p * s + 0x1.999999999999ap-2;
  p = p * s + 0x1.5555555555555p-1;
  return static_cast<double>(subnormal ? k - 24 : k) * kLn2Double + (2.0 * z + (z * s) * p);
}

// 2^n in float64, -1022 <= n <= 1023.
inline double PowerOfTwoInDouble(int32_t n) {
  const uint64_t bits = static_cast<uint64_t>(n + 1023) << 52;
  double x = 0.0;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

// exp(y), rounded once to float: by the series of the exponential over ln(2) / 2.
inline float ExpOfDouble(double y) {
  constexpr double kShift = 0x1.8p52;
  const double limited = y < -110.0 ? -110.0 : (y > 95.0 ? 95.0 : y);
  const double n = (limited * kLog2OfEDouble + kShift) - kShift;
  const double r = limited - n * kLn2Double;
  double p = 0x1.71de3a556c734p-19;  // 1/9!, 1/8!, ...
  p = p * r + 0x1.a01a01a01a01ap-16;
  p = p * r + 0x1.a01a01a01a01ap-13;
  p = p * r + 0x1.6c16c16c16c17p-10;
  p = p * r + 0x1.1111111111111p-7;
  p = p * r + 0x1.5555555555555p-5;
  p = p * r + 0x1.5555555555555p-3;
  p = p * r + 0.5;
  p = p * r + 1.0;
  const double e = (p * r + 1.0) * PowerOfTwoInDouble(static_cast<int32_t>(n));
  return e >= 0x1.ffffffp127 ? FromBits(kInfinityBits) : static_cast<float>(e);
}

// x^exponent; NaN for an exponent that is not finite. 2 and 3 are products. A negative x has powers of whole exponents
// alone, NaN otherwise; the power of 0 is 1, of a NaN too.
inline float Pow(float x, float exponent) {
  if (exponent == 2.0F) return x * x;
  if (exponent == 3.0F) return (x * x) * x;
  if (exponent == 0.0F) return 1.0F;
  const float size = Abs(exponent);
  const float infinity = FromBits(kInfinityBits);
  if (x != x || !(size < infinity)) return FromBits(kNaNBits);
  const bool whole = size >= 0x1p23F || RoundToEven(size < 0x1p22F ? size : 0.0F) == size ||
                     (size >= 0x1p22F && (BitsOf(size) & 1U) == 0);
  const bool odd = size < 0x1p24F && whole && (static_cast<uint32_t>(size) & 1U) != 0;
  const float t = Abs(x);
  float y = 0.0F;
  if (t == 0.0F || t == infinity) {
    y = (t == 0.0F) == (exponent > 0.0F) ? 0.0F : infinity;
  } else {
    if (x < 0.0F && !whole) return FromBits(kNaNBits);
    y = ExpOfDouble(static_cast<double>(exponent) * LogInDouble(t));
  }
  return odd ? CopySign(y, x) : y;
}

}  // namespace lockstep::f1
