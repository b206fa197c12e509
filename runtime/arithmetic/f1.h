// The arithmetic contract f1 (docs/arithmetic.md): the basic float32 operations that every engine shares.
//
// Plain C++ without dependencies beside the C library's memcpy. It takes for granted: IEEE 754 float32 with subnormal
// numbers, rounding to nearest even, and a compiler that neither contracts (-ffp-contract=off) nor reorders.
// Comparisons are written so that a NaN takes the branch that the contract names; arithmetic may give any NaN, and
// Canonical makes it the one that is stored.
#pragma once

#include <cstdint>
#include <cstring>

namespace lockstep::f1 {

inline constexpr const char* kContractId = "f1";
inline constexpr uint32_t kNaNBits = 0x7fc00000U;
inline constexpr uint32_t kInfinityBits = 0x7f800000U;
inline constexpr uint32_t kSignBit = 0x80000000U;

inline uint32_t BitsOf(float x) {
  uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}

inline float FromBits(uint32_t bits) {
  float x = 0.0F;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

// What is stored: every NaN has the bits kNaNBits. In integers, for on older MIPS cores these bits are a signalling
// NaN, which a float operation would change.
inline uint32_t Canonical(float x) {
  const uint32_t bits = BitsOf(x);
  return (bits & ~kSignBit) > kInfinityBits ? kNaNBits : bits;
}

inline void Store(float* to, float x) {
  const uint32_t bits = Canonical(x);
  std::memcpy(to, &bits, sizeof(bits));
}

inline float Abs(float x) { return FromBits(BitsOf(x) & ~kSignBit); }

// The magnitude of the first, the sign of the second.
inline float CopySign(float magnitude, float sign) {
  return FromBits((BitsOf(magnitude) & ~kSignBit) | (BitsOf(sign) & kSignBit));
}

inline float Sqrt(float x) { return __builtin_sqrtf(x); }
inline float Reciprocal(float x) { return 1.0F / x; }
inline float ReciprocalSqrt(float x) { return 1.0F / Sqrt(x); }

// Limits that let a NaN through; an equal limit leaves x, so a zero keeps its sign.
inline float Clamp(float x, float low, float high) {
  const float floored = x < low ? low : x;
  return floored > high ? high : floored;
}

// An integer in the order of the contract's maximum: -infinity < ... < -0 < +0 < ... < infinity < NaN.
inline int32_t OrderKey(float x) {
  const auto bits = static_cast<int32_t>(Canonical(x));
  return bits ^ ((bits >> 31) & INT32_MAX);
}

inline float FromOrderKey(int32_t key) { return FromBits(static_cast<uint32_t>(key ^ ((key >> 31) & INT32_MAX))); }

// To the nearest integer, half to even, for |x| < 2^22; keeps no sign of zero.
inline float RoundToEven(float x) {
  constexpr float kShift = 12582912.0F;  // 1.5 * 2^23: one unit of its last place is 1
  return (x + kShift) - kShift;
}

// clamp(zero_point + round_half_even(x / scale), low, high); a NaN gives the zero point. Limits and zero point are
// integers of at most 17 bits, low <= zero_point <= high.
inline int32_t Quantize(float x, float scale, int32_t zero_point, int32_t low, int32_t high) {
  const float quotient = x / scale;
  const float number = quotient == quotient ? quotient : 0.0F;
  const float limited = Clamp(number, static_cast<float>(low - zero_point), static_cast<float>(high - zero_point));
  return zero_point + static_cast<int32_t>(RoundToEven(limited));
}

// scale * (q - zero_point); the difference has at most 17 bits and is exact.
inline float Dequantize(int32_t q, float scale, int32_t zero_point) {
  return scale * static_cast<float>(q - zero_point);
}

// The written order of a long sum: term j is added to lane j mod 8, each lane ascending and starting from +0, and the
// lanes are added by a tree.
inline constexpr int kSumLanes = 8;

inline float SumOfLanes(const float lanes[kSumLanes]) {
  const float even = (lanes[0] + lanes[4]) + (lanes[2] + lanes[6]);
  const float odd = (lanes[1] + lanes[5]) + (lanes[3] + lanes[7]);
  return even + odd;
}

}  // namespace lockstep::f1
