// Sixteen floats of contract f1 as loops over lanes see them, with the names of float_lanes_vector.h. Only for files
// that are compiled for AVX-512.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace lockstep::kernels {
namespace {

struct FloatLanes {
  using Vector = __m512;
  using Valid = __mmask16;  // lanes that are there
  static constexpr int kLanes = 16;
  static constexpr bool kPartsAreCheap = true;
  // Of a tile of a convolution, and how many of them have an address in common: the first two multiples of a step are
  // part of an instruction's.
  static constexpr int kTilePixels = 12;
  static constexpr int kAddressPixels = 3;
  static constexpr bool kInputsAtOnce = false;

  [[gnu::always_inline]] static Valid First(int64_t count) {
    return static_cast<Valid>(count >= kLanes ? 0xffff : (count > 0 ? (1 << count) - 1 : 0));
  }
  // Masked loads are slower.
  template <bool kPart>
  [[gnu::always_inline]] static Vector Load(const float* from, Valid valid) {
    return kPart ? _mm512_maskz_loadu_ps(valid, from) : _mm512_loadu_ps(from);
  }
  [[gnu::always_inline]] static Vector Splat(float x) { return _mm512_set1_ps(x); }
  // The products of a sum are rounded before they are added.
  [[gnu::always_inline]] static Vector Product(Vector x, Vector w) { return _mm512_mul_ps(x, w); }
  [[gnu::always_inline]] static Vector Sum(Vector sum, Vector product) { return _mm512_add_ps(sum, product); }
  // Every NaN is stored with the same bits.
  [[gnu::always_inline]] static void Store(float* to, Valid valid, Vector value) {
    constexpr int kNaN = 0x7fc00000;
    const __mmask16 nan = _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
    value = _mm512_mask_mov_ps(value, nan, _mm512_castsi512_ps(_mm512_set1_epi32(kNaN)));
    if (valid == 0xffff) {  // masked stores are slow
      _mm512_storeu_ps(to, value);
    } else if (valid != 0) {
      _mm512_mask_storeu_ps(to, valid, value);
    }
  }
};

}  // namespace
}  // namespace lockstep::kernels
