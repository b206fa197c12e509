// The inverse functions of the circle in contract f1.
#pragma once

#include "arithmetic/f1.h"

namespace lockstep::f1 {

// Each constant as the nearest float and what that leaves.
inline constexpr float kHalfPiHigh = 0x1.921fb6p+0F;
inline constexpr float kHalfPiLow = -0x1.777a5cp-25F;

// asin(x) for |x| <= 1/2, s = x * x.
inline float AsinNearZero(float x, float s) {
  float p = 0x1.13fed4p-5F;
  p = p * s + 0x1.18f91ep-6F;
  p = p * s + 0x1.fd8da2p-6F;
  p = p * s + 0x1.6d5bbap-5F;
  p = p * s + 0x1.33343p-4F;
  p = p * s + 0x1.555554p-3F;
  return x + (x * s) * p;
}

// acos(x) for 1/2 < x <= 1, which is 2 * asin(sqrt((1 - x) / 2)); NaN above 1.
inline float AcosNearOne(float x) {
  const float s = (1.0F - x) * 0.5F;
  return 2.0F * AsinNearZero(Sqrt(s), s);
}

inline float Asin(float x) {
  const float t = Abs(x);
  const float near = AsinNearZero(x, x * x);
  const float far = CopySign(kHalfPiHigh - (AcosNearOne(t) - kHalfPiLow), x);
  return t <= 0.5F ? near : far;
}

inline float Acos(float x) {
  const float t = Abs(x);
  const float near = kHalfPiHigh - (AsinNearZero(x, x * x) - kHalfPiLow);
  const float right = AcosNearOne(t);
  const float left = 2.0F * kHalfPiHigh - (right - 2.0F * kHalfPiLow);
  const float far = x < 0.0F ? left : right;
  return t <= 0.5F ? near : far;
}

// |x| is brought within tan(pi/8): from tan(3 pi/8) on by pi/2 - atan(1/x), between by pi/4 + atan((x-1)/(x+1)).
inline float Atan(float x) {
  const float t = Abs(x);
  const bool far = t > 0x1.3504f4p+1F;
  const bool middle = t > 0x1.a8279ap-2F && !far;
  const float reduced = far ? -1.0F / t : (t - 1.0F) / (t + 1.0F);
  const float z = far || middle ? reduced : t;
  const float quarters = far ? 1.0F : (middle ? 0.5F : 0.0F);
  const float s = z * z;
  float p = -0x1.08455ep-4F;
  p = p * s + 0x1.b8103p-4F;
  p = p * s - 0x1.242036p-3F;
  p = p * s + 0x1.99973p-3F;
  p = p * s - 0x1.555554p-2F;
  const float y = quarters * kHalfPiHigh + (z + ((z * s) * p + quarters * kHalfPiLow));
  return CopySign(y, x);
}

}  // namespace lockstep::f1
