// 16 rows by 64 columns of bytes of the output at a time, as four blocks of 16 by 16 in the four parts of a register,
// or 8 rows by 32 columns of elements of two.
//
// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include "gemm/unroll.h"
#include "ops/common/transpose_parts_avx512.h"
#include "ops/transpose/transpose_bytes.h"

namespace lockstep::kernels {
namespace {

// Elements of kSize bytes in blocks of kSide by kSide.
template <int kSize>
struct Blocks {
  static constexpr int kSide = 16 / kSize;
  static constexpr int kColumns = 4 * kSide;

  // Up to kSide rows and kColumns columns.
  static void Transpose(const BytePlane& plane, int64_t row, int64_t column) {
    const int64_t rows = plane.rows - row < kSide ? plane.rows - row : kSide;
    const int64_t columns = plane.columns - column < kColumns ? plane.columns - column : kColumns;
    const uint8_t* from = plane.from + row * kSize + column * plane.from_step;
    const bool whole = rows == kSide && columns == kColumns;
    __m512i v[kSide];
    if (whole) {
      const int64_t part = kSide * plane.from_step;
      Unroll<kSide>([&](auto i) {
        const auto* first = from + i * plane.from_step;
        v[i] = _mm512_castsi128_si512(_mm_loadu_si128(reinterpret_cast<const __m128i*>(first)));
        v[i] = _mm512_inserti32x4(v[i], _mm_loadu_si128(reinterpret_cast<const __m128i*>(first + part)), 1);
        v[i] = _mm512_inserti32x4(v[i], _mm_loadu_si128(reinterpret_cast<const __m128i*>(first + 2 * part)), 2);
        v[i] = _mm512_inserti32x4(v[i], _mm_loadu_si128(reinterpret_cast<const __m128i*>(first + 3 * part)), 3);
      });
    } else {
      const auto valid = static_cast<__mmask16>((1 << (rows * kSize)) - 1);
      alignas(64) uint8_t bytes[kSide][64];
      for (int64_t c = 0; c < columns; ++c) {
        const __m128i line = _mm_maskz_loadu_epi8(valid, from + c * plane.from_step);
        _mm_store_si128(reinterpret_cast<__m128i*>(bytes[c % kSide] + c / kSide * 16), line);
      }
      Unroll<kSide>([&](auto i) { v[i] = _mm512_load_si512(bytes[i]); });
    }
    TransposeParts512<kSize>(v);
    uint8_t* to = plane.to + row * plane.to_step + column * kSize;
    if (whole) {
      Unroll<kSide>([&](auto i) { _mm512_storeu_si512(to + i * plane.to_step, v[i]); });
      return;
    }
    const __mmask64 valid = columns == kColumns ? ~__mmask64{0} : (__mmask64{1} << (columns * kSize)) - 1;
    for (int64_t i = 0; i < rows; ++i) _mm512_mask_storeu_epi8(to + i * plane.to_step, valid, v[i]);
  }

  static void TransposeAll(const BytePlane& plane) {
    for (int64_t row = 0; row < plane.rows; row += kSide) {
      for (int64_t column = 0; column < plane.columns; column += kColumns) Transpose(plane, row, column);
    }
  }
};

}  // namespace

void TransposeBytes512(const BytePlane& plane) {
  if (plane.element == 1) {
    Blocks<1>::TransposeAll(plane);
  } else {
    Blocks<2>::TransposeAll(plane);
  }
}

}  // namespace lockstep::kernels
