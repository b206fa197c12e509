// vpdpwssd adds the products of two words. All else of these layers is as with AVX2.
//
// Compiled for AVX-VNNI: it must not use inline functions with external linkage.
#include "gemm/winograd_products_256.h"

namespace lockstep::kernels {
namespace {

struct DotProducts {
  [[gnu::always_inline]] static SixteenSums Add(SixteenSums sums, const void* words, __m256i first, __m256i second) {
    int32_t pair;
    std::memcpy(&pair, words, sizeof pair);
    const __m256i x = _mm256_set1_epi32(pair);
    return {_mm256_dpwssd_avx_epi32(sums.first, x, first), _mm256_dpwssd_avx_epi32(sums.second, x, second)};
  }
};

}  // namespace

void MultiplyWinogradAvxVnni(const WinogradProduct& product) { MultiplyGroups<DotProducts>(product); }

}  // namespace lockstep::kernels
