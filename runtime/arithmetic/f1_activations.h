// The elementwise functions of the operator Unary in contract f1 that are more than one function of f1_exponential.h.
#pragma once

#include "arithmetic/f1.h"
#include "arithmetic/f1_exponential.h"

namespace lockstep::f1 {

inline float Relu(float x) { return x < 0.0F ? 0.0F : x; }
inline float LeakyRelu(float x, float alpha) { return x < 0.0F ? alpha * x : x; }
inline float Silu(float x) { return x * Sigmoid(x); }
inline float HardSigmoid(float x, float alpha, float beta) { return Clamp(alpha * x + beta, 0.0F, 1.0F); }
inline float HardSwish(float x) { return x * Clamp(x / 6.0F + 0.5F, 0.0F, 1.0F); }
inline float Elu(float x, float alpha) { return x < 0.0F ? alpha * Expm1(x) : x; }
inline float Gelu(float x) { return (0.5F * x) * (1.0F + Erf(x * 0x1.6a09e6p-1F)); }

// x * tanh(log(1 + exp(x))), which is x * n / (n + 2) with n = e * (e + 2), e = exp(x); from 20 on the quotient is 1.
inline float Mish(float x) {
  const float e = Exp(x < 20.0F ? x : 20.0F);
  const float n = e * (e + 2.0F);
  return x * (n / (n + 2.0F));
}

inline float GeluTanh(float x) {
  const float inner = 0x1.988454p-1F * (x + 0x1.6e4e26p-5F * ((x * x) * x));
  return (0.5F * x) * (1.0F + Tanh(inner));
}

inline float Selu(float x, float alpha, float gamma) { return x < 0.0F ? gamma * (alpha * Expm1(x)) : gamma * x; }
inline float Celu(float x, float alpha) { return x < 0.0F ? alpha * Expm1(x / alpha) : x; }
inline float ThresholdedRelu(float x, float alpha) { return x > alpha ? x : 0.0F; }
inline float Softsign(float x) { return x / (1.0F + Abs(x)); }

inline float Shrink(float x, float threshold, float bias) {
  const float above = x > threshold ? x - bias : 0.0F;
  return x < -threshold ? x + bias : above;
}

inline float Sign(float x) {
  const float positive = x > 0.0F ? 1.0F : 0.0F;
  return x < 0.0F ? -1.0F : positive;
}

// To the nearest whole number, half to even. From 2^23 on all floats are whole.
inline float Round(float x) {
  const float shift = CopySign(0x1p23F, x);
  const float rounded = CopySign((x + shift) - shift, x);
  return Abs(x) < 0x1p23F ? rounded : x;
}

inline float Floor(float x) {
  const float rounded = Round(x);
  return CopySign(rounded > x ? rounded - 1.0F : rounded, x);
}

inline float Ceil(float x) {
  const float rounded = Round(x);
  return CopySign(rounded < x ? rounded + 1.0F : rounded, x);
}

inline float IsBelow(float x, float value) { return x < value ? 1.0F : 0.0F; }
inline float IsAtLeast(float x, float value) { return x >= value ? 1.0F : 0.0F; }
inline float IsEqual(float x, float value) { return x == value ? 1.0F : 0.0F; }

}  // namespace lockstep::f1
