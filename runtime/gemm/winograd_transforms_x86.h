// The transformations of inputs and weights on x86, sixteen words at a time. A part of the files winograd_u8s8_*.cpp
// that include it, each compiled with its own flags.
#pragma once

#include <immintrin.h>

#include "gemm/multiply_avx2.h"
#include "gemm/unroll.h"
#include "gemm/winograd_tiles.h"

#define LOCKSTEP_INLINE [[gnu::always_inline]] inline

namespace lockstep::kernels {
namespace {

constexpr int kSide = kWinogradSide;
constexpr int kTile = kWinogradTile;
constexpr int kTaps = 9;

LOCKSTEP_INLINE __m256i Times4(__m256i x) { return _mm256_slli_epi16(x, 2); }
LOCKSTEP_INLINE __m256i Plus(__m256i x, __m256i y) { return _mm256_add_epi16(x, y); }
LOCKSTEP_INLINE __m256i Minus(__m256i x, __m256i y) { return _mm256_sub_epi16(x, y); }

// What a tile with fewer wanted outputs has instead, see winograd_tiles.h.
LOCKSTEP_INLINE void Shorten(int32_t wanted, __m256i (&t)[kSide]) {
  __m256i c = t[4];
  __m256i e = _mm256_setzero_si256();
  if (wanted == 1) {
    c = _mm256_srai_epi16(Plus(t[3], t[4]), 1);
    e = _mm256_srai_epi16(Minus(t[3], t[4]), 2);
  } else {
    t[3] = Minus(t[3], t[4]);
  }
  t[0] = Minus(t[0], c);
  t[1] = Minus(Minus(t[1], c), e);
  t[2] = Minus(Plus(t[2], c), e);
}

LOCKSTEP_INLINE void TransformSix(const __m256i (&d)[kSide], __m256i (&t)[kSide]) {
  const __m256i a = Minus(d[4], Times4(d[2]));
  const __m256i b = Minus(d[3], Times4(d[1]));
  const __m256i c = Minus(d[4], d[2]);
  const __m256i half = Minus(d[3], d[1]);
  const __m256i e = Plus(half, half);
  t[0] = Plus(c, Times4(Minus(d[0], d[2])));
  t[1] = Plus(a, b);
  t[2] = Minus(b, a);
  t[3] = Plus(c, e);
  t[4] = Minus(c, e);
  t[5] = Minus(Minus(d[5], d[3]), Plus(e, e));
}

LOCKSTEP_INLINE void TransformThree(__m256i g0, __m256i g1, __m256i g2, __m256i (&t)[kSide]) {
  const __m256i ends = Plus(g0, g2);
  const __m256i far = Plus(g0, Times4(g2));
  const __m256i twice = Plus(g1, g1);
  t[0] = g0;
  t[1] = Plus(ends, g1);
  t[2] = Minus(ends, g1);
  t[3] = Plus(far, twice);
  t[4] = Minus(far, twice);
  t[5] = g2;
}

// Sixteen channels of a tile's 36 pixels.
void TransformSixteen(const WinogradInput& input, int32_t channel) {
  __m256i rows[kSide][kSide];
  for (int row = 0; row < kSide; ++row) {
    __m256i d[kSide];
    Unroll<kSide>([&](auto i) {
      const uint8_t* from = input.at[row * kSide + i] + channel;
      d[i] = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    });
    TransformSix(d, rows[row]);
    if (input.columns <= 2) Shorten(input.columns, rows[row]);
  }
  const int32_t place = channel * kTileGroup;
  constexpr int kNext = kChannelsAtATime * kTileGroup;
  for (int column = 0; column < kSide; ++column) {
    __m256i d[kSide];
    __m256i t[kSide];
    Unroll<kSide>([&](auto i) { d[i] = rows[i][column]; });
    TransformSix(d, t);
    if (input.rows <= 2) Shorten(input.rows, t);
    Unroll<kSide>([&](auto i) {
      int16_t* to = input.to[column * kSide + i] + place;
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(t[i]));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + kNext), _mm256_extracti128_si256(t[i], 1));
    });
  }
}

// Eight output channels of two input channels.
LOCKSTEP_INLINE void TransformTaps(const __m256i (&taps)[kTaps], int16_t* to, ptrdiff_t step) {
  __m256i columns[3][kSide];
  Unroll<3>([&](auto x) { TransformThree(taps[x], taps[3 + x], taps[6 + x], columns[x]); });
  for (int row = 0; row < kSide; ++row) {
    __m256i t[kSide];
    TransformThree(columns[0][row], columns[1][row], columns[2][row], t);
    Unroll<kSide>([&](auto i) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), t[i]);
      to += step;
    });
  }
}

// To [two input channels][16][2].
class TransformsX86 {
 public:
  static void SumWeights(const int8_t* weights, int64_t quads, int16_t* positive, int16_t* negative) {
    const __m128i ones = _mm_set1_epi8(1);
    const __m128i zero = _mm_setzero_si128();
    __m128i more = zero;
    __m128i less = zero;
    for (; quads > 0; --quads, weights += kQuadBytes) {
      const __m128i w = _mm_loadu_si128(reinterpret_cast<const __m128i*>(weights));
      more = _mm_add_epi16(more, _mm_maddubs_epi16(ones, _mm_max_epi8(w, zero)));
      less = _mm_add_epi16(less, _mm_maddubs_epi16(ones, _mm_min_epi8(w, zero)));
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(positive), more);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(negative), less);
  }

  static void Fetch(const int8_t* from, int64_t bytes) {
    constexpr int64_t kLine = 64;
    for (int64_t i = 0; i < bytes; i += kLine) _mm_prefetch(from + i, _MM_HINT_T1);
  }

  static void TransformInputs(const WinogradInput& input) {
    for (int32_t channel = 0; channel < input.channels; channel += 2 * kChannelsAtATime) {
      TransformSixteen(input, channel);
    }
  }

  static void TransformWeights(const int8_t* weights, ptrdiff_t tap_step, int32_t depth, int16_t* to, ptrdiff_t step) {
    // Of four input channels the first two, and the last two, two bytes apart.
    const __m256i apart =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15));
    constexpr ptrdiff_t kHalfBytes = kQuadBytes / 2;
    for (int32_t half = 0; half < depth / kWeightQuad * 2; ++half, weights += kHalfBytes) {
      __m256i first[kTaps];
      __m256i second[kTaps];
      Unroll<kTaps>([&](auto tap) {
        const __m256i bytes = _mm256_shuffle_epi8(Load256(weights + tap * tap_step), apart);
        first[tap] = EvenBytes256(bytes);
        second[tap] = OddBytes256(bytes);
      });
      int16_t* quad = to + half / 2 * kWeightQuad * kBlockChannels + half % 2 * kBlockChannels;
      TransformTaps(first, quad, step);
      TransformTaps(second, quad + 2 * kBlockChannels, step);
    }
  }
};

// Of sums, in vectors of an instruction set: Words has Vector, Add, Subtract, FourTimes.
template <typename Words>
LOCKSTEP_INLINE void TransformToFour(const typename Words::Vector (&m)[kSide], typename Words::Vector (&y)[kTile]) {
  using Vector = typename Words::Vector;
  const auto six_times = [](Vector x) __attribute__((always_inline)) {
    return Words::Add(Words::FourTimes(x), Words::Add(x, x));
  };
  const Vector s = Words::Subtract(m[2], m[1]);
  const Vector d = Words::Add(m[2], m[1]);
  const Vector far_s = Words::Add(m[3], m[4]);
  const Vector far_d = Words::Subtract(m[3], m[4]);
  const Vector middle = Words::Subtract(far_d, d);
  y[0] = Words::Add(Words::Add(far_s, Words::FourTimes(s)), six_times(m[0]));
  y[1] = Words::Subtract(middle, d);
  y[2] = Words::Add(s, far_s);
  y[3] = Words::Add(Words::Add(middle, far_d), six_times(m[5]));
}

struct ShiftRange {
  int least, most;
};

// Of `count` channels, at least one.
inline ShiftRange ShiftsOf(const int32_t* shift, int32_t count) {
  ShiftRange range = {shift[0], shift[0]};
  for (int32_t i = 1; i < count; ++i) {
    range.least = shift[i] < range.least ? shift[i] : range.least;
    range.most = shift[i] > range.most ? shift[i] : range.most;
  }
  return range;
}

}  // namespace
}  // namespace lockstep::kernels
