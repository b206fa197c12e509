// From accumulators of depthwise_rows_u8s8_avx512vnni, interleaved, to bytes. Only for files that are compiled for
// AVX-512.
#pragma once

#include <immintrin.h>

#include "gemm/unroll.h"
#include "ops/depthwise_conv/depthwise_columns_avx512.h"

namespace lockstep::kernels {
namespace {

// By the upper words of products, of accumulators that are raised already or need not be.
template <int kCount>
[[gnu::always_inline]] inline void RequantizeHighSteps(const DepthwiseBlock512& block, __m512i (*acc)[kVectors]) {
  Unroll<kVectors>([&](auto v) {
    const Requantizer512 requantizer = block.requantizers[v];
    Unroll<kCount>([&](auto s) { acc[s][v] = RequantizeHighWords512(requantizer, acc[s][v]); });
  });
}

// Packing undoes what interleaving did.
[[gnu::always_inline]] inline __m512i PackStep(const __m512i* acc) {
  return _mm512_packus_epi16(_mm512_packs_epi32(acc[0], acc[1]), _mm512_packs_epi32(acc[2], acc[3]));
}

}  // namespace
}  // namespace lockstep::kernels
