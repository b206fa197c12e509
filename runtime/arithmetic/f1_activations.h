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

}  // namespace lockstep::f1
