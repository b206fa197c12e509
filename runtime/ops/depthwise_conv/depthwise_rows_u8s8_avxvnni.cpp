// vpdpbusd adds the products of four bytes: a group is four rows.
//
// Only this file is compiled for AVX-VNNI. It must not use inline functions with external linkage: the linker might
// keep its copy of one for a CPU without these instructions.
#include "ops/depthwise_conv/depthwise_columns_256.h"

namespace lockstep::kernels {
namespace {

struct QuadProducts {
  static constexpr int kRows = 4;

  [[gnu::always_inline]] static void Interleave(const __m128i* rows, __m256i* halves) {
    const __m128i a = _mm_unpacklo_epi8(rows[0], rows[1]);
    const __m128i b = _mm_unpackhi_epi8(rows[0], rows[1]);
    const __m128i c = _mm_unpacklo_epi8(rows[2], rows[3]);
    const __m128i d = _mm_unpackhi_epi8(rows[2], rows[3]);
    halves[0] = _mm256_set_m128i(_mm_unpackhi_epi16(a, c), _mm_unpacklo_epi16(a, c));
    halves[1] = _mm256_set_m128i(_mm_unpackhi_epi16(b, d), _mm_unpacklo_epi16(b, d));
  }
  [[gnu::always_inline]] static void InterleaveWeights(const __m128i* rows, __m256i* halves) {
    Interleave(rows, halves);
  }
  [[gnu::always_inline]] static __m256i Add(__m256i sum, __m256i x, __m256i w) {
    return _mm256_dpbusd_avx_epi32(sum, x, w);
  }
};

}  // namespace

void depthwise_rows_u8s8_avxvnni(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  RunDepthwise<QuadProducts>(layer, begin, end);
}

}  // namespace lockstep::kernels
