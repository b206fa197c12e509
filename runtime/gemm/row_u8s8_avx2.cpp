// vpmaddwd adds the products of two words. Of four bytes of a channel or a pixel the even ones and the odd ones are
// made words in place, so that a vector has one sum for each of 8 channels. A tile is up to 6 pixels by 16 channels.
//
// Only this file is compiled for AVX2. It must not use inline functions with external linkage: the linker might keep
// its copy of one for a CPU without these instructions.
#include <immintrin.h>

#include "gemm/finish_tile_avx2.h"

namespace lockstep::kernels {
namespace {

constexpr int kByteBits = 8;
constexpr int64_t kQuadWords = 4;

// The words of so many pixels from `first` on, [pixel][quad][even, odd].
void WidenPixels(const ConvRow& row, int64_t first, int64_t end, uint16_t* to) {
  const __m256i low_bytes = _mm256_set1_epi16(0xff);
  const auto store = [&](__m128i words, uint16_t* at) { _mm_storeu_si128(reinterpret_cast<__m128i*>(at), words); };
  for (int64_t pixel = first; pixel < end; ++pixel) {
    for (int32_t segment = 0; segment < row.segment_count; ++segment) {
      const uint8_t* from = row.segments[segment] + pixel * row.pixel_step;
      int32_t quad = 0;
      for (; quad + 8 <= row.quads; quad += 8, from += 32, to += 8 * kQuadWords) {
        const __m256i bytes = Load256(from);
        const __m256i even = _mm256_and_si256(bytes, low_bytes);
        const __m256i odd = _mm256_srli_epi16(bytes, kByteBits);
        const __m256i low = _mm256_unpacklo_epi32(even, odd);
        const __m256i high = _mm256_unpackhi_epi32(even, odd);
        store(_mm256_castsi256_si128(low), to);
        store(_mm256_castsi256_si128(high), to + 2 * kQuadWords);
        store(_mm256_extracti128_si256(low, 1), to + 4 * kQuadWords);
        store(_mm256_extracti128_si256(high, 1), to + 6 * kQuadWords);
      }
      const int32_t rest = row.quads - quad;
      for (int32_t i = 0; i < rest; i += 4, from += 16) {
        const bool whole = i + 4 <= rest;
        __m128i bytes;
        if (whole || !row.in_place) {  // what lies behind the row may be read
          bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        } else {
          alignas(16) uint8_t few[16] = {};
          std::memcpy(few, from, static_cast<size_t>(rest - i) * 4);
          bytes = _mm_load_si128(reinterpret_cast<const __m128i*>(few));
        }
        const __m128i even = _mm_and_si128(bytes, _mm256_castsi256_si128(low_bytes));
        const __m128i odd = _mm_srli_epi16(bytes, kByteBits);
        // Behind the last pixel's there is room for this.
        store(_mm_unpacklo_epi32(even, odd), to + i * kQuadWords);
        store(_mm_unpackhi_epi32(even, odd), to + (i + 2) * kQuadWords);
      }
      to += rest * kQuadWords;
    }
  }
}

// The words of a block's weights, [quad][even, odd][16].
void WidenWeights(const int8_t* w, int64_t quads, int8_t* to) {
  constexpr ptrdiff_t kNext = kQuadBytes / kHalves;
  for (int64_t quad = 0; quad < quads; ++quad, w += kQuadBytes, to += 2 * kQuadBytes) {
    const __m256i first = Load256(w);
    const __m256i second = Load256(w + kNext);
    const __m256i words[] = {EvenBytes256(first), EvenBytes256(second), OddBytes256(first), OddBytes256(second)};
    Unroll<4>([&](auto i) { _mm256_store_si256(reinterpret_cast<__m256i*>(to) + i, words[i]); });
  }
}

// Bytes or words of a block's weights.
enum class WeightForm { kBytes, kWords };

// A tile of pixels, whose words begin at `x`, with one block of channels.
template <int kPixels, WeightForm kForm = WeightForm::kBytes>
[[gnu::noinline]] void RunTile(const ConvRow& row, const Finisher& finisher, int32_t block, const uint16_t* x,
                               const int8_t* w, int64_t pixel) {
  constexpr int kTrio = 3;  // pixels whose addresses are one register and a step
  const int32_t* start = row.constants[block].acc_init;
  SixteenSums acc[kPixels];
  Unroll<kPixels>([&](auto p) { acc[p] = {Load256(start), Load256(start + 8)}; });
  const ptrdiff_t step = ptrdiff_t{row.segment_count} * row.quads * kQuadWords;
  const uint16_t* second = x + kTrio * step;
  const auto add = [&](int odd, __m256i low, __m256i high) __attribute__((always_inline)) {
    Unroll<kPixels>(
        [&](auto p) { acc[p] = AddProducts256(acc[p], (p < kTrio ? x : second) + p % kTrio * step + odd, low, high); });
  };
  constexpr ptrdiff_t kNext = kQuadBytes / kHalves;
  for (const uint16_t* end = x + step; x != end; x += kQuadWords, second += kQuadWords) {
    if constexpr (kForm == WeightForm::kWords) {
      add(0, Load256(w), Load256(w + kNext));
      add(2, Load256(w + 2 * kNext), Load256(w + 3 * kNext));
      w += 2 * kQuadBytes;
    } else {
      add(0, EvenBytes256(Load256(w)), EvenBytes256(Load256(w + kNext)));
      add(2, OddBytes256(Load256(w)), OddBytes256(Load256(w + kNext)));
      w += kQuadBytes;
    }
  }
  FinishTile<kPixels>(row, finisher, block, pixel, acc);
}

// `words`: scratch for those of the pixels; `weight_words`: for those of a block's weights, or nullptr.
void RunPixels(const ConvRow& row, int64_t first, int64_t end, uint16_t* words, int8_t* weight_words) {
  const int64_t quads = int64_t{row.segment_count} * row.quads;
  const auto tile_at = [&](int64_t pixel) { return words + (pixel - first) * quads * kQuadWords; };
  WidenPixels(row, first, end, words);
  Finisher finisher(row);
  for (int32_t block = 0; block < row.blocks; ++block) {
    const int8_t* weights = row.weights + block * quads * kQuadBytes;
    finisher.SetBlock(row, row.constants[block]);
    if (weight_words != nullptr) WidenWeights(weights, quads, weight_words);
    ForEachTile(first, end, [&](auto pixels, int64_t pixel) {
      if (pixels == kPixelsAvx2 && weight_words != nullptr) {
        RunTile<pixels, WeightForm::kWords>(row, finisher, block, tile_at(pixel), weight_words, pixel);
      } else {
        RunTile<pixels>(row, finisher, block, tile_at(pixel), weights, pixel);
      }
    });
  }
}

// As many tiles at a time as have room in scratch, at least one. Where it is a few, weights are made words once for
// all.
void RunRow(const ConvRow& row) {
  constexpr int64_t kFewestTiles = 3;
  const int64_t quads = int64_t{row.segment_count} * row.quads;
  const int64_t tile_bytes = quads * kQuadWords * int64_t{sizeof(uint16_t)} * kPixelsAvx2;
  const int64_t tiles = tile_bytes < kPackedBytesAvx2 ? kPackedBytesAvx2 / tile_bytes : 1;
  const int64_t step = tiles * kPixelsAvx2;
  auto* const weights = tiles >= kFewestTiles ? static_cast<int8_t*>(row.packed) : nullptr;
  auto* const words = static_cast<uint16_t*>(row.packed) + (weights != nullptr ? quads * kQuadBytes : 0);
  for (int64_t pixel = 0; pixel < row.pixels; pixel += step) {
    const int64_t end = pixel + step < row.pixels ? pixel + step : row.pixels;
    RunPixels(row, pixel, end, words, end - pixel >= kFewestTiles * kPixelsAvx2 ? weights : nullptr);
  }
}

}  // namespace

const ConvVariant row_u8s8_avx2{false, RunRow, ApplyTableAvx2, FinishSums};

}  // namespace lockstep::kernels
