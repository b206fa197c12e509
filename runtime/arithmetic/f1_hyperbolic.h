// The functions of the hyperbola and their inverses in contract f1, made of exp and log.
#pragma once

#include "arithmetic/f1.h"
#include "arithmetic/f1_exponential.h"

namespace lockstep::f1 {

// From here on one of the two exponentials is all that counts.
inline constexpr float kFarHyperbolic = 20.0F;
// From here on the root of x * x + 1 is x.
inline constexpr float kFarInverse = 4096.0F;
inline constexpr float kLn2 = 0x1.62e43p-1F;

// exp(t) / 2 where exp(t) may be beyond the floats.
inline float HalfExp(float t) {
  const float root = Exp(0.5F * t);
  return (0.5F * root) * root;
}

inline float Sinh(float x) {
  const float t = Abs(x);
  const float e = Expm1(t);
  const float near = 0.5F * (e + e / (e + 1.0F));
  return CopySign(t < kFarHyperbolic ? near : HalfExp(t), x);
}

inline float Cosh(float x) {
  const float t = Abs(x);
  const float e = Exp(t);
  const float near = 0.5F * e + 0.5F / e;
  return t < kFarHyperbolic ? near : HalfExp(t);
}

inline float Asinh(float x) {
  const float t = Abs(x);
  const float near = Log1p(t + (t * t) / (1.0F + Sqrt(t * t + 1.0F)));
  return CopySign(t < kFarInverse ? near : Log(t) + kLn2, x);
}

// NaN below 1.
inline float Acosh(float x) {
  const float t = x - 1.0F;
  const float near = Log1p(t + Sqrt(2.0F * t + t * t));
  const float y = x < kFarInverse ? near : Log(x) + kLn2;
  return x < 1.0F ? FromBits(kNaNBits) : y;
}

// Infinite at 1, NaN beyond.
inline float Atanh(float x) {
  const float t = Abs(x);
  return CopySign(0.5F * Log1p((2.0F * t) / (1.0F - t)), x);
}

}  // namespace lockstep::f1
