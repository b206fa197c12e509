// Four floats of contract f1 in a vector of the compiler's, which keeps subnormal numbers on aarch64 and with MSA;
// ARMv7's NEON does not. Nothing is fused: every file is compiled with -ffp-contract=off.
#pragma once

#include <cstdint>
#include <cstring>

namespace lockstep::kernels {
namespace {

struct FloatLanes {
  using Vector = float __attribute__((vector_size(16)));
  using Unaligned = float __attribute__((vector_size(16), may_alias, aligned(4)));
  using Valid = int64_t;  // so many lanes are there
  static constexpr int kLanes = 4;
  static constexpr bool kPartsAreCheap = false;
  static constexpr int kTilePixels = 4;
  static constexpr int kAddressPixels = 1;
  static constexpr bool kInputsAtOnce = true;  // elements are multiplied with where they lie in a vector

  [[gnu::always_inline]] static Valid First(int64_t count) {
    return count >= kLanes ? kLanes : (count > 0 ? count : 0);
  }
  template <bool kPart>
  [[gnu::always_inline]] static Vector Load(const float* from, Valid valid) {
    if (!kPart || valid == kLanes) return *reinterpret_cast<const Unaligned*>(from);
    Vector x = {};
    if (valid > 0) x[0] = from[0];
    if (valid > 1) x[1] = from[1];
    if (valid > 2) x[2] = from[2];
    return x;
  }
  [[gnu::always_inline]] static Vector Splat(float x) { return Vector{x, x, x, x}; }
  // The products of a sum are rounded before they are added.
  [[gnu::always_inline]] static Vector Product(Vector x, Vector w) { return x * w; }
  [[gnu::always_inline]] static Vector Sum(Vector sum, Vector product) { return sum + product; }
  // Every NaN is stored with the same bits, which are put there as integers.
  [[gnu::always_inline]] static void Store(float* to, Valid valid, Vector value) {
    using Bits = int32_t __attribute__((vector_size(16)));
    constexpr int32_t kNaN = 0x7fc00000;
    const Bits number = value == value;
    const Bits bits = (reinterpret_cast<Bits>(value) & number) | (Bits{kNaN, kNaN, kNaN, kNaN} & ~number);
    if (valid == kLanes) {
      std::memcpy(to, &bits, sizeof bits);
      return;
    }
    for (int64_t i = 0; i < valid; ++i) std::memcpy(to + i, reinterpret_cast<const int32_t*>(&bits) + i, sizeof(float));
  }
};

}  // namespace
}  // namespace lockstep::kernels
