#include "lower/integer_parameters.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "arithmetic/rq1.h"
#include "graph/error.h"
#include "quantize/affine.h"

namespace lockstep::lower {
namespace {

constexpr int32_t kByteEntries = 256;
// 2^17: what is not 0 leaves every 16 bits, wherever the zero point is.
constexpr FixedMultiplier kBeyondSixteenBits = {rq1::kMinMultiplier, -18};

}  // namespace

FixedMultiplier ToFixed(double real) {
  if (!(real > 0.0) || !std::isfinite(real)) {
    throw UnsupportedModel("the ratio of its scales is " + std::to_string(real) + ", not a positive number");
  }
  int exponent = 0;
  const double fraction = std::frexp(real, &exponent);  // real = fraction * 2^exponent, fraction in [0.5, 1)
  auto m = static_cast<int64_t>(RoundHalfUp(std::ldexp(fraction, 31)));
  if (m == int64_t{1} << 31) {
    m >>= 1;
    ++exponent;
  }
  if (-exponent < rq1::kMinShift) return kBeyondSixteenBits;
  if (-exponent > rq1::kMaxShift) return {rq1::kMinMultiplier, rq1::kMaxShift};
  return {static_cast<int32_t>(m), -exponent};
}

AddMultipliers ToAddMultipliers(double a, double b, bool wide) {
  const double limit = std::ldexp(1.0, wide ? 30 : 21);
  for (int shift = wide ? 46 : 30; shift >= 1; --shift) {
    const double scaled_a = RoundHalfUp(std::ldexp(a, shift));
    const double scaled_b = RoundHalfUp(std::ldexp(b, shift));
    if (std::abs(scaled_a) <= limit && std::abs(scaled_b) <= limit) {
      return {static_cast<int32_t>(scaled_a), static_cast<int32_t>(scaled_b), shift};
    }
  }
  throw UnsupportedModel("an input's scale is more than " + std::to_string(wide ? 1 << 29 : 1 << 20) +
                         " times its output's");
}

double RoundHalfUp(double value) { return std::floor(value + 0.5); }

std::vector<int32_t> FunctionTable(const std::function<double(double)>& f, const AffineParams& from,
                                   const AffineParams& to) {
  std::vector<int32_t> table(static_cast<size_t>(std::max(from.high() + 1, kByteEntries)));
  for (size_t p = 0; p < table.size(); ++p) {
    table[p] = quantize::QuantizeValue(f(from.scale * (static_cast<int32_t>(p) - from.zero_point)), to);
  }
  return table;
}

std::vector<uint8_t> ToBytes(const std::vector<int32_t>& values, const AffineParams& params) {
  return ToBytes(std::vector<int64_t>(values.begin(), values.end()), params);
}

std::vector<uint8_t> ToBytes(const std::vector<int64_t>& values, const TensorFormat& format) {
  std::vector<uint8_t> bytes;
  bytes.reserve(values.size() * static_cast<size_t>(format.bytes()));
  for (const int64_t value : values) {
    for (int i = 0; i < format.bytes(); ++i) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }
  return bytes;
}

std::vector<uint32_t> SoftmaxTable(const AffineParams& x, int64_t row_length) {
  int k = 23;
  while (k > 0 && (row_length << k) >= int64_t{1} << 32) --k;
  std::vector<uint32_t> table(static_cast<size_t>(std::max(x.high() + 1, kByteEntries)));
  for (size_t d = 0; d < table.size(); ++d) {
    table[d] = static_cast<uint32_t>(RoundHalfUp(std::ldexp(std::exp(-static_cast<double>(d) * x.scale), k)));
  }
  while (x.bits > 8 && table.back() == 0) table.pop_back();
  return table;
}

}  // namespace lockstep::lower
