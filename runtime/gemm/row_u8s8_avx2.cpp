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
      if (quad < row.quads && !row.in_place) {  // what lies behind the row may be read
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        const __m128i even = _mm_and_si128(bytes, low_bytes);
        const __m128i odd = _mm_srli_epi16(bytes, kByteBits);
        const __m128i quads[] = {_mm_unpacklo_epi32(even, odd), _mm_unpackhi_epi32(even, odd)};
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), quads[0]);
        if (quad + 1 < row.quads) _mm_storeh_pd(reinterpret_cast<double*>(to + kStep), _mm_castsi128_pd(quads[0]));
        if (quad + 2 < row.quads) _mm_storel_epi64(reinterpret_cast<__m128i*>(to + 2 * kStep), quads[1]);
        to += (row.quads - quad) * kStep;
        continue;
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

// The sums of a tile's pixels with one block of channels.
template <int kPixels, WeightForm kForm>
[[gnu::always_inline]] inline void MultiplyTile(const uint16_t* x, int64_t quads, const int8_t* w, const int32_t* start,
                                                SixteenSums (&acc)[kPixels]) {
  Unroll<kPixels>([&](auto p) { acc[p] = {Load256(start), Load256(start + 8)}; });
  const auto add = [&](const uint16_t* words, __m256i first, __m256i second) __attribute__((always_inline)) {
    Unroll<kPixels>([&](auto p) { acc[p] = AddProducts256(acc[p], words + p * kQuadWords, first, second); });
  };
  constexpr ptrdiff_t kNext = kQuadBytes / kHalves;
  for (int64_t quad = 0; quad < quads; ++quad, x += kPixels * kQuadWords) {
    if constexpr (kForm == WeightForm::kWords) {
      add(x, Load256(w), Load256(w + kNext));
      add(x + 2, Load256(w + 2 * kNext), Load256(w + 3 * kNext));
      w += 2 * kQuadBytes;
    } else {
      add(x, EvenBytes256(Load256(w)), EvenBytes256(Load256(w + kNext)));
      add(x + 2, OddBytes256(Load256(w)), OddBytes256(Load256(w + kNext)));
      w += kQuadBytes;
    }
  }
}

// A tile of pixels with one block of channels.
template <int kPixels, WeightForm kForm = WeightForm::kBytes>
[[gnu::noinline]] void RunTile(const ConvRow& row, const Finisher& finisher, int32_t block, const uint16_t* x,
                               const int8_t* w, int64_t pixel) {
  SixteenSums acc[kPixels];
  MultiplyTile<kPixels, kForm>(x, int64_t{row.segment_count} * row.quads, w, row.constants[block].acc_init, acc);
  FinishTile<kPixels>(row, finisher, block, pixel, acc);
}

// `words`: scratch for those of the pixels; `weight_words`: for those of a block's weights, or nullptr.
void RunPixels(const ConvRow& row, int64_t first, int64_t end, uint16_t* words, int8_t* weight_words) {
  const int64_t quads = int64_t{row.segment_count} * row.quads;
  const auto tile_at = [&](int64_t pixel) { return words + (pixel - first) * quads * kQuadWords; };
  ForEachTile(first, end, [&](auto pixels, int64_t pixel) { WidenPixels<pixels>(row, pixel, tile_at(pixel)); });
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
