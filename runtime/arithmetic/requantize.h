// Requantisation of rq1 in the width that the shift allows, bit-exact in each.
#pragma once

#include <cstdint>

#include "arithmetic/rq1.h"

namespace lockstep::kernels {

// From this shift on the rounding constant and everything below it lie in the upper word of the product, and 32 bits
// do.
inline constexpr int kHighWordShift = 2;

// rq1::Requantize for s >= kHighWordShift. The upper word is below 2^30, so the sum cannot overflow.
inline int32_t RequantizeHighWord(int32_t acc, int32_t m, int s) {
  const auto high = static_cast<int32_t>((static_cast<int64_t>(acc) * m) >> 32);
  return (high + (1 << (s - 2))) >> (s - 1);
}

// From this shift on the rounding constant is a multiple of 2^24.
inline constexpr int kLongShift = -6;

// rq1::RequantizeWide for s >= kLongShift without a word that holds the whole product.
inline int64_t RequantizeLong(int64_t acc, int32_t m, int s) {
  constexpr int kLowBits = 24;
  const int64_t low = ((acc & ((1 << kLowBits) - 1)) * m) >> kLowBits;
  return ((acc >> kLowBits) * m + low + (int64_t{1} << (6 + s))) >> (7 + s);
}

inline int32_t Clamp32(int32_t value, int32_t low, int32_t high) {
  const int32_t floor = value < low ? low : value;
  return floor > high ? high : floor;
}

// clamp(zero_point + rq(acc)) for any shift.
inline int32_t RequantizeClamped(int32_t acc, int32_t m, int s, int32_t zero_point, int32_t low, int32_t high) {
  return static_cast<int32_t>(rq1::Clamp(zero_point + rq1::Requantize(acc, m, s), low, high));
}

}  // namespace lockstep::kernels
