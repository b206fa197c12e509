// The arithmetic contract rq1 (docs/arithmetic.md): the exact integer operations that every engine shares.
//
// This header is the one piece of code that the runtime and the reference engine have in common. It is plain C++
// without dependencies; all shifts are arithmetic, which every supported compiler guarantees.
#pragma once

#include <cstdint>

namespace lockstep::rq1 {

inline constexpr const char* kContractId = "rq1";
inline constexpr int kMinShift = -30;
inline constexpr int kMaxShift = 31;
inline constexpr int32_t kMinMultiplier = 1 << 30;
// A weight of 16 bits is kWeightBase * high + low, with both within +-127.
inline constexpr int32_t kWeightBase = 255;
inline constexpr int32_t kHighestLongWeight = kWeightBase * 127 + 127;
// |acc| below this is accepted by RequantizeWide.
inline constexpr int64_t kWideLimit = int64_t{1} << 55;

inline constexpr int64_t Clamp(int64_t value, int64_t low, int64_t high) {
  return value < low ? low : (value > high ? high : value);
}

// (acc * m + 2^(30+s)) >> (31+s), exactly. acc fits in 32 bits.
inline constexpr int64_t Requantize(int32_t acc, int32_t m, int s) {
  return (static_cast<int64_t>(acc) * m + (int64_t{1} << (30 + s))) >> (31 + s);
}

// The same formula for |acc| < kWideLimit, with the product in two words of 32 and 64 bits.
inline constexpr int64_t RequantizeWide(int64_t acc, int32_t m, int s) {
  const int shift = 31 + s;
  const int64_t high = (acc >> 32) * m;                            // weight 2^32
  const int64_t low = static_cast<int64_t>(acc & 0xffffffff) * m;  // non-negative, below 2^63
  const int64_t carry = high + (low >> 32);
  const uint64_t rest = static_cast<uint64_t>(low) & 0xffffffffu;
  if (shift > 32) return (carry + (int64_t{1} << (shift - 33))) >> (shift - 32);
  // The whole is carry * 2^32 + rest; the rounding constant 2^(shift-1) fits into the low word.
  const uint64_t rounded = rest + (uint64_t{1} << (shift - 1));
  const int64_t top = carry + static_cast<int64_t>(rounded >> 32);
  return static_cast<int64_t>(static_cast<uint64_t>(top) << (32 - shift)) +
         static_cast<int64_t>((rounded & 0xffffffffu) >> shift);
}

// (a * ma + b * mb + 2^(shift-1)) >> shift, exactly, for differences of 17 bits and multipliers within 2^30.
inline constexpr int64_t WeightedSum(int32_t a, int32_t ma, int32_t b, int32_t mb, int shift) {
  // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): shift is at least 1, which loaders check.
  return (static_cast<int64_t>(a) * ma + static_cast<int64_t>(b) * mb + (int64_t{1} << (shift - 1))) >> shift;
}

}  // namespace lockstep::rq1
