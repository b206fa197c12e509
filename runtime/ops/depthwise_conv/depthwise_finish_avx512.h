// From accumulators of depthwise_rows_u8s8_avx512vnni to bytes in memory. Only for files that are compiled for AVX-512.
#pragma once

#include <immintrin.h>

#include "gemm/unroll.h"
#include "ops/common/byte_table_avx512.h"
#include "ops/depthwise_conv/depthwise_columns_avx512.h"

namespace lockstep::kernels {
namespace {

// By the upper words of products, of blocks that are not raised.
template <int kCount>
[[gnu::always_inline]] inline void RequantizeHighSteps(const DepthwiseBlock& block, __m512i (*acc)[kVectors]) {
  Unroll<kVectors>([&](auto v) {
    const Requantizer512 requantizer = block.requantizers[v];
    Unroll<kCount>([&](auto s) { acc[s][v] = RequantizeHighWords512(requantizer, acc[s][v]); });
  });
}

template <int kCount>
[[gnu::always_inline]] inline void RequantizeSteps(const DepthwiseBlock& block, __m512i (*acc)[kVectors]) {
  if (block.raised) {
    Unroll<kVectors>(
        [&](auto v) { Unroll<kCount>([&](auto s) { acc[s][v] = _mm512_sllv_epi32(acc[s][v], block.raise[v]); }); });
  }
  RequantizeHighSteps<kCount>(block, acc);
}

// Packing undoes what interleaving did.
[[gnu::always_inline]] inline __m512i PackStep(const __m512i* acc) {
  return _mm512_packus_epi16(_mm512_packs_epi32(acc[0], acc[1]), _mm512_packs_epi32(acc[2], acc[3]));
}

// Bytes clamped and looked up.
template <int kCount>
[[gnu::always_inline]] inline void LimitSteps(const DepthwisePlan& plan, __m512i* bytes) {
  if (plan.clamps) {
    const __m512i low = _mm512_set1_epi8(static_cast<char>(plan.limits.low));
    const __m512i high = _mm512_set1_epi8(static_cast<char>(plan.limits.high));
    Unroll<kCount>([&](auto s) { bytes[s] = _mm512_min_epu8(_mm512_max_epu8(bytes[s], low), high); });
  }
  if (plan.table != nullptr) {
    const ByteTable512 table = LoadTable512(plan.table);
    Unroll<kCount>([&](auto s) { bytes[s] = LookUp512(table, bytes[s]); });
  }
}

// The first `pixels` of a step.
[[gnu::always_inline]] inline void StoreStep(const DepthwiseBlock& block, int64_t pitch, __m512i bytes, int pixels,
                                             uint8_t* to) {
  if (block.stores_together && pixels == block.pixels) {
    _mm512_storeu_si512(to, bytes);
    return;
  }
  if (block.count < block.width) {  // masked stores are slow
    for (int p = 0; p < pixels; ++p) {
      const int lane = p * block.width;
      _mm512_mask_storeu_epi8(to + p * pitch - lane, block.lanes << lane, bytes);
    }
  } else if (block.pixels == 2) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_castsi512_si256(bytes));
    if (pixels > 1) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + pitch), _mm512_extracti64x4_epi64(bytes, 1));
  } else {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_castsi512_si128(bytes));
    Unroll<3>([&](auto p) {
      if (pixels <= p + 1) return;
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + (p + 1) * pitch), _mm512_extracti32x4_epi32(bytes, p + 1));
    });
  }
}

}  // namespace
}  // namespace lockstep::kernels
