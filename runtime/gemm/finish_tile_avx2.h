// What becomes of a tile's sums where a vector has 8 of them: up to 6 pixels by 16 channels. A part of the files
// row_u8s8_*.cpp that include it. Only for files that are compiled for AVX2.
#pragma once

#include <immintrin.h>

#include <cstring>
#include <type_traits>

#include "arithmetic/requantize_avx2.h"
#include "gemm/conv_driver.h"
#include "gemm/multiply_avx2.h"
#include "gemm/unroll.h"

namespace lockstep::kernels {
namespace {

constexpr int kHalves = 2;  // of a block, 8 channels

// The constants of a block of channels.
struct Finisher {
  ByteRequantizer256 bytes;
  Requantizer256 requantizer[kHalves];
  bool high_words;
  bool in_bytes;  // of whole blocks

  explicit Finisher(const ConvRow& row)
      : high_words(HighWordsDo256(row.zero_point, row.min_shift, row.max_shift)),
        in_bytes(high_words && row.sums == nullptr && !row.wide_output) {}

  void SetBlock(const ConvRow& row, const ConvBlock& constants) {
    Unroll<kHalves>([&](auto h) {
      requantizer[h] = MakeRequantizer256(constants.multiplier + 8 * h, constants.shift + 8 * h, row.zero_point);
      bytes.half[h] = SwapMiddle256(requantizer[h]);
    });
  }
};

void StoreOutputs(const ConvRow& row, const __m256i* values, int32_t channels, uint8_t* to) {
  const __m256i low = _mm256_set1_epi32(row.low);
  const __m256i high = _mm256_set1_epi32(row.high);
  const __m256i first = _mm256_min_epi32(_mm256_max_epi32(values[0], low), high);
  const __m256i second = _mm256_min_epi32(_mm256_max_epi32(values[1], low), high);
  const __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(first, second), 0xd8);
  alignas(32) uint8_t bytes[32];
  if (row.wide_output) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(bytes), words);
    std::memcpy(to, bytes, 2 * static_cast<size_t>(channels));
    return;
  }
  const __m128i packed = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  if (channels == kBlockChannels) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), packed);
    return;
  }
  _mm_store_si128(reinterpret_cast<__m128i*>(bytes), packed);
  std::memcpy(to, bytes, static_cast<size_t>(channels));
}

// Of one pixel.
void Finish(const ConvRow& row, const Finisher& finisher, int32_t block, __m256i* values, int64_t pixel) {
  const ConvBlock& constants = row.constants[block];
  if (row.sums != nullptr) {
    auto* to = static_cast<int32_t*>(row.sums) + (pixel * row.blocks + block) * kBlockChannels;
    Unroll<kHalves>([&](auto h) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 8 * h), values[h]); });
    return;
  }
  Unroll<kHalves>([&](auto h) {
    values[h] = finisher.high_words ? RequantizeHighWords256(finisher.requantizer[h], values[h])
                                    : RequantizeEach256(values[h], constants.multiplier + 8 * h,
                                                        constants.shift + 8 * h, {row.zero_point, row.low, row.high});
  });
  const int32_t channel = block * kBlockChannels;
  const int32_t rest = row.channels - channel;
  StoreOutputs(row, values, rest < kBlockChannels ? rest : kBlockChannels,
               row.out + pixel * row.out_step + int64_t{channel} * (row.wide_output ? 2 : 1));
}

// Bytes of whole blocks with high words, which most are.
template <int kPixels>
[[gnu::always_inline]] inline void FinishBytes(const ConvRow& row, const ByteRequantizer256& requantizer,
                                               const SixteenSums (&acc)[kPixels], uint8_t* to) {
  const __m256i low = _mm256_set1_epi8(static_cast<char>(row.low));
  const __m256i high = _mm256_set1_epi8(static_cast<char>(row.high));
  Unroll<(kPixels + 1) / 2>([&](auto pair) {
    constexpr int kFirst = 2 * pair;
    constexpr int kSecond = kFirst + 1 < kPixels ? kFirst + 1 : kFirst;
    const __m256i bytes =
        _mm256_min_epu8(_mm256_max_epu8(RequantizeTwo256(requantizer, acc[kFirst], acc[kSecond]), low), high);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(bytes));
    if constexpr (kSecond != kFirst) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + row.out_step), _mm256_extracti128_si256(bytes, 1));
      to += 2 * row.out_step;
    }
  });
}

// A tile of pixels with one block of channels.
template <int kPixels>
[[gnu::always_inline]] inline void FinishTile(const ConvRow& row, const Finisher& finisher, int32_t block,
                                              int64_t pixel, const SixteenSums (&acc)[kPixels]) {
  if (finisher.in_bytes && (block + 1) * kBlockChannels <= row.channels) {
    FinishBytes<kPixels>(row, finisher.bytes, acc, row.out + pixel * row.out_step + block * kBlockChannels);
    return;
  }
  __m256i sums[kPixels * kHalves];
  Unroll<kPixels>([&](auto p) {
    sums[p * kHalves] = acc[p].first;
    sums[p * kHalves + 1] = acc[p].second;
  });
  for (int p = 0; p < kPixels; ++p) Finish(row, finisher, block, sums + p * kHalves, pixel + p);
}

// visit(pixels of the tile, first pixel) from `pixel` to `end`, the rest in smaller tiles.
template <int kPixels = kPixelsAvx2, typename Visit>
void ForEachTile(int64_t pixel, int64_t end, Visit visit) {
  for (; pixel + kPixels <= end; pixel += kPixels) visit(std::integral_constant<int, kPixels>(), pixel);
  if constexpr (kPixels > 1) {
    if (pixel < end) ForEachTile<kPixels == kPixelsAvx2 ? 4 : kPixels / 2>(pixel, end, visit);
  }
}

}  // namespace
}  // namespace lockstep::kernels
