// vpmaddwd adds the products of two words: a group is two rows of bytes that become words.
//
// Only this file is compiled for AVX2. It must not use inline functions with external linkage: the linker might keep
// its copy of one for a CPU without these instructions.
#include "ops/depthwise_conv/depthwise_columns_256.h"

namespace lockstep::kernels {
namespace {

struct WordProducts {
  static constexpr int kRows = 2;

  [[gnu::always_inline]] static void Interleave(const __m128i* rows, __m256i* halves) {
    halves[0] = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(rows[0], rows[1]));
    halves[1] = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(rows[0], rows[1]));
  }
  [[gnu::always_inline]] static void InterleaveWeights(const __m128i* rows, __m256i* halves) {
    halves[0] = _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(rows[0], rows[1]));
    halves[1] = _mm256_cvtepi8_epi16(_mm_unpackhi_epi8(rows[0], rows[1]));
  }
  [[gnu::always_inline]] static __m256i Add(__m256i sum, __m256i x, __m256i w) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(x, w));
  }
};

}  // namespace

void depthwise_rows_u8s8_avx2(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  RunDepthwise<WordProducts>(layer, begin, end);
}

}  // namespace lockstep::kernels
