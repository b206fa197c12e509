#include "exact_requantize.h"

#include <array>
#include <cstddef>

namespace lockstep::kernels {
namespace {

constexpr size_t kLimbs = 4;
using Limbs = std::array<uint32_t, kLimbs>;  // little-endian

Limbs PowerOfTwo(size_t exponent) {
  Limbs value{};
  value[exponent / 32] = uint32_t{1} << (exponent % 32);
  return value;
}

Limbs Product(uint64_t a, uint32_t b) {
  const uint64_t low = (a & 0xffffffffU) * b;
  const uint64_t high = (a >> 32) * b + (low >> 32);
  return {static_cast<uint32_t>(low), static_cast<uint32_t>(high), static_cast<uint32_t>(high >> 32), 0};
}

Limbs Sum(const Limbs& a, const Limbs& b) {
  Limbs sum{};
  uint64_t carry = 0;
  for (size_t i = 0; i < kLimbs; ++i) {
    carry += uint64_t{a[i]} + b[i];
    sum[i] = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  return sum;
}

bool Less(const Limbs& a, const Limbs& b) {
  for (size_t i = kLimbs; i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

// a >= b
Limbs Difference(const Limbs& a, const Limbs& b) {
  Limbs difference{};
  int64_t borrow = 0;
  for (size_t i = 0; i < kLimbs; ++i) {
    borrow += int64_t{a[i]} - int64_t{b[i]};
    difference[i] = static_cast<uint32_t>(borrow);
    borrow = borrow < 0 ? -1 : 0;
  }
  return difference;
}

// The 64 bits from bit `count` on.
uint64_t ShiftedRight(const Limbs& a, size_t count) {
  uint64_t value = 0;
  for (size_t bit = 0; bit < 64 && bit + count < 32 * kLimbs; ++bit) {
    const size_t from = bit + count;
    value |= uint64_t{(a[from / 32] >> (from % 32)) & 1U} << bit;
  }
  return value;
}

}  // namespace

int64_t ExactRequantize(int64_t acc, int32_t m, int s) {
  const uint64_t magnitude = acc < 0 ? uint64_t{0} - static_cast<uint64_t>(acc) : static_cast<uint64_t>(acc);
  const Limbs product = Product(magnitude, static_cast<uint32_t>(m));
  const Limbs half = PowerOfTwo(static_cast<size_t>(int64_t{s} + 30));
  const auto shift = static_cast<size_t>(int64_t{s} + 31);
  if (acc >= 0) return static_cast<int64_t>(ShiftedRight(Sum(product, half), shift));
  if (!Less(half, product)) return static_cast<int64_t>(ShiftedRight(Difference(half, product), shift));
  // floor(-d / 2^shift) = -ceil(d / 2^shift)
  const Limbs up = Difference(PowerOfTwo(shift), PowerOfTwo(0));
  return -static_cast<int64_t>(ShiftedRight(Sum(Difference(product, half), up), shift));
}

}  // namespace lockstep::kernels
