// exp, log and what is made of them in contract f1: polynomials of basic float32 operations, the same bits everywhere.
//
// The polynomials are minimax fits of this project; docs/arithmetic.md has the errors, measured over all floats. There
// are selections and no branches, so that loops over these functions vectorise.
#pragma once

#include "arithmetic/f1.h"

namespace lockstep::f1 {

inline constexpr float kLn2High = 0x1.62e4p-1F;    // its last 9 bits are zero: n * kLn2High is exact for |n| < 512
inline constexpr float kLn2Low = 0x1.7f7d1cp-20F;  // ln(2) - kLn2High
inline constexpr float kLog2OfE = 0x1.715476p+0F;

// x = exponent * ln(2) + rest, |rest| <= ln(2) / 2, and fraction = exp(rest) - 1.
struct ExpParts {
  int32_t exponent;
  float fraction;
};

// |x| <= 128.
inline ExpParts SplitExp(float x) {
  const float n = RoundToEven(x * kLog2OfE);
  const float r = (x - n * kLn2High) - n * kLn2Low;
  float q = 0x1.9dc868p-13F;
  q = q * r + 0x1.6cf86cp-10F;
  q = q * r + 0x1.111342p-7F;
  q = q * r + 0x1.55552ep-5F;
  q = q * r + 0x1.555554p-3F;
  q = q * r + 0x1p-1F;
  return {static_cast<int32_t>(n), r + (r * r) * q};
}

// 2^n, -126 <= n <= 127.
inline float PowerOfTwo(int32_t n) { return FromBits(static_cast<uint32_t>(n + 127) << 23); }

inline float Exp(float x) {
  const float number = x == x ? x : 0.0F;
  const ExpParts parts = SplitExp(Clamp(number, -105.0F, 90.0F));
  // Two steps, for 2^128 is no float, and so that a subnormal result is rounded once.
  const int32_t half = parts.exponent >> 1;
  const float y = ((1.0F + parts.fraction) * PowerOfTwo(half)) * PowerOfTwo(parts.exponent - half);
  return x == x ? y : x;
}

// exp(x) - 1
inline float Expm1(float x) {
  const float number = x == x ? x : 0.0F;
  const ExpParts parts = SplitExp(Clamp(number, -30.0F, 90.0F));
  const int32_t half = parts.exponent >> 1;
  const float low = PowerOfTwo(half);
  const float high = PowerOfTwo(parts.exponent - half);
  // 2^n * fraction + (2^n - 1), everything divided by 2^(n - n/2) so that 2^128 does not occur.
  const float y = (low * parts.fraction + (low - PowerOfTwo(half - parts.exponent))) * high;
  const float small = Abs(x) < 0x1p-25F ? x : y;
  return x == x ? small : x;
}

inline float Log(float x) {
  const bool subnormal = x < 0x1p-126F;
  const float scaled = subnormal ? x * 0x1p24F : x;
  // scaled = 2^k * m with m in [sqrt(1/2), sqrt(2)).
  const uint32_t bits = BitsOf(scaled);
  const auto k = static_cast<int32_t>(bits - 0x3f3504f3U) >> 23;
  const float f = FromBits(bits - (static_cast<uint32_t>(k) << 23)) - 1.0F;
  const float exponent = static_cast<float>(subnormal ? k - 24 : k);
  float p = 0x1.14631ap-4F;
  p = p * f - 0x1.de4fa2p-4F;
  p = p * f + 0x1.e6f604p-4F;
  p = p * f - 0x1.fc1f6ap-4F;
  p = p * f + 0x1.2336e2p-3F;
  p = p * f - 0x1.555c5ap-3F;
  p = p * f + 0x1.99a4bcp-3F;
  p = p * f - 0x1.000006p-2F;
  p = p * f + 0x1.555548p-2F;
  const float square = f * f;
  const float low = exponent * kLn2Low + (square * f) * p;
  const float y = exponent * kLn2High + (f + (low - 0.5F * square));
  const float at_zero = x == 0.0F ? -FromBits(kInfinityBits) : FromBits(kNaNBits);
  const float finite = x > 0.0F ? y : at_zero;
  return x < FromBits(kInfinityBits) ? finite : x;
}

// log(1 + x): the logarithm of the rounded sum, corrected by what was rounded away.
inline float Log1p(float x) {
  const float sum = 1.0F + x;
  const float lost = sum >= 2.0F ? 1.0F - (sum - x) : x - (sum - 1.0F);
  const float y = Log(sum) + lost / sum;
  const float near = Abs(x) < 0x1p-24F ? x : y;
  const float negative = x > -1.0F ? near : Log(sum);
  return x < FromBits(kInfinityBits) ? negative : x;
}

// 1 / (1 + exp(-x)), with the exponential of the negative side alone, so that nothing overflows.
inline float Sigmoid(float x) {
  const float e = Exp(-Abs(x));
  return (x < 0.0F ? e : 1.0F) / (1.0F + e);
}

inline float Tanh(float x) {
  const float e = Expm1(-2.0F * Abs(x));
  return CopySign(e / (2.0F + e), x);
}

// log(1 + exp(x))
inline float Softplus(float x) { return (x < 0.0F ? 0.0F : x) + Log1p(Exp(-Abs(x))); }

inline float Erf(float x) {
  const float t = Abs(x);
  const float s = x * x;
  float near = 0x1.4771fep-14F;
  near = near * s - 0x1.a3515ep-11F;
  near = near * s + 0x1.53f224p-8F;
  near = near * s - 0x1.b7f71ap-6F;
  near = near * s + 0x1.ce2ce6p-4F;
  near = near * s - 0x1.81273ep-2F;
  near = near * s + 0x1.06eba8p-3F;
  // The logarithm of 1 - erf(t), 1 <= t <= 4; above, erf rounds to 1.
  const float u = t < 4.0F ? t : 4.0F;
  float far = 0x1.852e04p-13F;
  far = far * u - 0x1.814d3p-9F;
  far = far * u + 0x1.65423ep-6F;
  far = far * u - 0x1.a60a8ap-4F;
  far = far * u - 0x1.46c584p-1F;
  far = far * u - 0x1.2085b2p+0F;
  far = far * u - 0x1.72e6fap-12F;
  const float y = t < 1.0F ? x + x * near : CopySign(1.0F - Exp(far), x);
  return x == x ? y : x;
}

}  // namespace lockstep::f1
