// The integer parameters of contract rq1 (docs/arithmetic.md) from real scales. Everything is computed in double
// precision here, once; the joint model carries the integers.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "quantize/tensor_format.h"

namespace lockstep::lower {

using quantize::AffineParams;
using quantize::TensorFormat;

// real = m * 2^-(31+s).
struct FixedMultiplier {
  int32_t m = 0;
  int32_t s = 0;
};

// The nearest multiplier to a positive real. Reals below 2^-32 become 2^-32, which still rounds every 32-bit
// accumulator to 0. Reals of 2^30 and more become 2^17: with either every integer but 0 leaves the limits of 16 bits.
// Throws UnsupportedModel for what is not a positive number.
FixedMultiplier ToFixed(double real);

// Two multipliers under one shift, with the largest shift that keeps both within the limit of Add: 2^21 and shift 30
// for 8-bit tensors, 2^30 and shift 46 for 16-bit ones. Throws UnsupportedModel if not even shift 1 does.
struct AddMultipliers {
  int32_t a = 0;
  int32_t b = 0;
  int32_t shift = 0;
};
AddMultipliers ToAddMultipliers(double a, double b, bool wide);

double RoundHalfUp(double value);

// Entry p is the quantised f(real value of p); an entry for every value of bits, 256 at the least.
std::vector<int32_t> FunctionTable(const std::function<double(double)>& f, const AffineParams& from,
                                   const AffineParams& to);

// Integers in the width of the format, little-endian.
std::vector<uint8_t> ToBytes(const std::vector<int32_t>& values, const AffineParams& params);
std::vector<uint8_t> ToBytes(const std::vector<int64_t>& values, const TensorFormat& format);

// round(exp(-d * scale(x)) * 2^k) with the largest k <= 23 for which 2^k * row_length < 2^32; 256 entries, or for more
// than 8 bits those that are not 0.
std::vector<uint32_t> SoftmaxTable(const AffineParams& x, int64_t row_length);

}  // namespace lockstep::lower
