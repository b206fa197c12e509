// vpmaddwd adds the products of two words. Of four bytes of a channel or a pixel the even ones and the odd ones are
// made words in place, so that a vector has one sum for each of 8 channels. A tile is up to 6 pixels by 16 channels.
//
// Only this file is compiled for AVX2. It must not use inline functions with external linkage: the linker might keep
// its copy of one for a CPU without these instructions.
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
constexpr int kByteBits = 8;
constexpr int64_t kQuadWords = 4;

// The words of a tile's pixels, [quad][pixel][even, odd].
template <int kPixels>
void WidenPixels(const ConvRow& row, int64_t first, uint16_t* tile) {
  constexpr int64_t kStep = kPixels * kQuadWords;
  const __m128i low_bytes = _mm_set1_epi16(0xff);
  for (int64_t p = 0; p < kPixels; ++p) {
    uint16_t* to = tile + p * kQuadWords;
    for (int32_t segment = 0; segment < row.segment_count; ++segment) {
      const uint8_t* from = row.segments[segment] + (first + p) * row.pixel_step;
      const auto store = [&](__m128i quads) {
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), quads);
        _mm_storeh_pd(reinterpret_cast<double*>(to + kStep), _mm_castsi128_pd(quads));
        to += 2 * kStep;
      };
      int32_t quad = 0;
      for (; quad + 4 <= row.quads; quad += 4, from += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        const __m128i even = _mm_and_si128(bytes, low_bytes);
        const __m128i odd = _mm_srli_epi16(bytes, kByteBits);
        store(_mm_unpacklo_epi32(even, odd));
        store(_mm_unpackhi_epi32(even, odd));
      }
      for (; quad < row.quads; ++quad, from += 4, to += kStep) {
        int32_t four;
        std::memcpy(&four, from, sizeof four);
        const __m128i bytes = _mm_cvtsi32_si128(four);
        const __m128i even = _mm_and_si128(bytes, low_bytes);
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_unpacklo_epi32(even, _mm_srli_epi16(bytes, kByteBits)));
      }
    }
  }
}

// The sums of a tile's pixels with one block of channels.
template <int kPixels>
void Multiply(const uint16_t* x, int64_t quads, const int8_t* w, const int32_t* start, __m256i* sums) {
  SixteenSums acc[kPixels];
  Unroll<kPixels>([&](auto p) { acc[p] = {Load256(start), Load256(start + 8)}; });
  const auto add = [&](const uint16_t* words, __m256i first, __m256i second) {
    Unroll<kPixels>([&](auto p) { acc[p] = AddProducts256(acc[p], words + p * kQuadWords, first, second); });
  };
  constexpr ptrdiff_t kNext = kQuadBytes / kHalves;
  for (int64_t quad = 0; quad < quads; ++quad, w += kQuadBytes, x += kPixels * kQuadWords) {
    add(x, EvenBytes256(Load256(w)), EvenBytes256(Load256(w + kNext)));
    add(x + 2, OddBytes256(Load256(w)), OddBytes256(Load256(w + kNext)));
  }
  Unroll<kPixels>([&](auto p) {
    sums[p * kHalves] = acc[p].first;
    sums[p * kHalves + 1] = acc[p].second;
  });
}

// What becomes of the 8 accumulators of half a block.
struct Finisher {
  Requantizer256 requantizer[kHalves];
  bool high_words;
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
void FinishBytes(const ConvRow& row, const Finisher& finisher, const __m256i* sums, uint8_t* to, int pixels) {
  const __m128i low = _mm_set1_epi8(static_cast<char>(row.low));
  const __m128i high = _mm_set1_epi8(static_cast<char>(row.high));
  const Requantizer256 first = finisher.requantizer[0];
  const Requantizer256 second = finisher.requantizer[1];
  for (int p = 0; p < pixels; ++p, sums += kHalves, to += row.out_step) {
    const __m256i words = _mm256_permute4x64_epi64(
        _mm256_packs_epi32(RequantizeHighWords256(first, sums[0]), RequantizeHighWords256(second, sums[1])), 0xd8);
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_min_epu8(_mm_max_epu8(bytes, low), high));
  }
}

// visit(pixels of the tile, first pixel) from `pixel` to `end`, the rest in smaller tiles.
template <int kPixels = kPixelsAvx2, typename Visit>
void ForEachTile(int64_t pixel, int64_t end, Visit visit) {
  for (; pixel + kPixels <= end; pixel += kPixels) visit(std::integral_constant<int, kPixels>(), pixel);
  if constexpr (kPixels > 1) {
    if (pixel < end) ForEachTile<kPixels == kPixelsAvx2 ? 4 : kPixels / 2>(pixel, end, visit);
  }
}

void RunPixels(const ConvRow& row, int64_t first, int64_t end) {
  const int64_t quads = int64_t{row.segment_count} * row.quads;
  auto* const words = static_cast<uint16_t*>(row.packed);
  const auto tile_at = [&](int64_t pixel) { return words + (pixel - first) * quads * kQuadWords; };
  ForEachTile(first, end, [&](auto pixels, int64_t pixel) { WidenPixels<pixels>(row, pixel, tile_at(pixel)); });
  Finisher finisher;
  finisher.high_words = HighWordsDo256(row.zero_point, row.min_shift, row.max_shift);
  const bool in_bytes = finisher.high_words && row.sums == nullptr && !row.wide_output;
  for (int32_t block = 0; block < row.blocks; ++block) {
    const ConvBlock& constants = row.constants[block];
    const int8_t* weights = row.weights + block * quads * kQuadBytes;
    Unroll<kHalves>([&](auto h) {
      finisher.requantizer[h] =
          MakeRequantizer256(constants.multiplier + 8 * h, constants.shift + 8 * h, row.zero_point);
    });
    ForEachTile(first, end, [&](auto pixels, int64_t pixel) {
      __m256i sums[pixels * kHalves];
      Multiply<pixels>(tile_at(pixel), quads, weights, constants.acc_init, sums);
      if (in_bytes && (block + 1) * kBlockChannels <= row.channels) {
        return FinishBytes(row, finisher, sums, row.out + pixel * row.out_step + block * kBlockChannels, pixels);
      }
      for (int p = 0; p < pixels; ++p) Finish(row, finisher, block, sums + p * kHalves, pixel + p);
    });
  }
}

// As many tiles at a time as have room in scratch, at least one.
void RunRow(const ConvRow& row) {
  constexpr int64_t kWordBytes = sizeof(uint16_t);
  const int64_t tile_bytes = int64_t{row.segment_count} * row.quads * kQuadWords * kWordBytes * kPixelsAvx2;
  const int64_t tiles = tile_bytes < kPackedBytes ? kPackedBytes / tile_bytes : 1;
  const int64_t step = tiles * kPixelsAvx2;
  for (int64_t pixel = 0; pixel < row.pixels; pixel += step) {
    RunPixels(row, pixel, pixel + step < row.pixels ? pixel + step : row.pixels);
  }
}

}  // namespace

const ConvVariant row_u8s8_avx2{false, RunRow, ApplyTable, FinishSums};

}  // namespace lockstep::kernels
