// vpmaddwd adds the products of two words: activations and weights are widened, two pixels by 16 channels at a time. A
// quad of a channel leaves two sums of 32 bits side by side, which become one at the end.
//
// Only this file is compiled for AVX2. It must not use inline functions with external linkage: the linker might keep
// its copy of one for a CPU without these instructions.
#include <immintrin.h>

#include <cstring>

#include "arithmetic/requantize_avx2.h"
#include "gemm/conv_driver.h"
#include "gemm/unroll.h"

namespace lockstep::kernels {
namespace {

constexpr int kPixels = 2;
constexpr int kVectors = 4;  // of sums of 16 channels: two for each
constexpr int kHalves = 2;   // of a block, 8 channels

// The words of two pixels, one behind the other: scratch has twice that for one.
void WidenPixels(const ConvRow& row, const int64_t* offsets) {
  auto* to = static_cast<uint16_t*>(row.packed);
  for (int p = 0; p < kPixels; ++p) {
    for (int32_t segment = 0; segment < row.segment_count; ++segment) {
      const uint8_t* from = row.segments[segment] + offsets[p];
      int32_t quad = 0;
      for (; quad + 4 <= row.quads; quad += 4, from += 16, to += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_cvtepu8_epi16(bytes));
      }
      for (; quad < row.quads; ++quad, from += 4, to += 4) {
        int32_t bytes;
        std::memcpy(&bytes, from, sizeof bytes);
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_cvtepu8_epi16(_mm_cvtsi32_si128(bytes)));
      }
    }
  }
}

struct Sums {
  __m256i value[kPixels][kVectors];
};

// All quads of both pixels with one block of channels.
[[gnu::always_inline]] inline void Multiply(const uint16_t* x, int64_t quads, const int8_t* w, Sums* sums) {
  Unroll<kPixels>([&](auto p) { Unroll<kVectors>([&](auto v) { sums->value[p][v] = _mm256_setzero_si256(); }); });
  const uint16_t* second = x + quads * 4;
  for (int64_t quad = 0; quad < quads; ++quad, w += kQuadBytes) {
    int64_t words[kPixels];
    std::memcpy(&words[0], x + quad * 4, sizeof words[0]);
    std::memcpy(&words[1], second + quad * 4, sizeof words[1]);
    const __m256i first_pixel = _mm256_set1_epi64x(words[0]);
    const __m256i second_pixel = _mm256_set1_epi64x(words[1]);
    Unroll<kVectors>([&](auto v) {
      const __m256i weights = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(w + 16 * v)));
      sums->value[0][v] = _mm256_add_epi32(sums->value[0][v], _mm256_madd_epi16(first_pixel, weights));
      sums->value[1][v] = _mm256_add_epi32(sums->value[1][v], _mm256_madd_epi16(second_pixel, weights));
    });
  }
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

// Of one pixel: channels in their order, sums complete.
[[gnu::always_inline]] inline void Finish(const ConvRow& row, const Finisher& finisher, int32_t block,
                                          const __m256i* sums, int64_t pixel) {
  const ConvBlock& constants = row.constants[block];
  __m256i values[kHalves];
  Unroll<kHalves>([&](auto h) {
    const __m256i added = _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums[2 * h], sums[2 * h + 1]), 0xd8);
    const auto* start = reinterpret_cast<const __m256i*>(constants.acc_init + 8 * h);
    values[h] = _mm256_add_epi32(added, _mm256_load_si256(start));
  });
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

void RunRow(const ConvRow& row) {
  const int64_t quads = int64_t{row.segment_count} * row.quads;
  Finisher finisher;
  finisher.high_words = HighWordsDo256(row.zero_point, row.min_shift, row.max_shift);
  for (int64_t pixel = 0; pixel < row.pixels; pixel += kPixels) {
    const bool both = pixel + 1 < row.pixels;
    const int64_t offsets[kPixels] = {pixel * row.pixel_step, (both ? pixel + 1 : pixel) * row.pixel_step};
    WidenPixels(row, offsets);
    for (int32_t block = 0; block < row.blocks; ++block) {
      const ConvBlock& constants = row.constants[block];
      Unroll<kHalves>([&](auto h) {
        finisher.requantizer[h] =
            MakeRequantizer256(constants.multiplier + 8 * h, constants.shift + 8 * h, row.zero_point);
      });
      Sums sums;
      Multiply(static_cast<const uint16_t*>(row.packed), quads, row.weights + block * quads * kQuadBytes, &sums);
      Finish(row, finisher, block, sums.value[0], pixel);
      if (both) Finish(row, finisher, block, sums.value[1], pixel + 1);
    }
  }
}

}  // namespace

const ConvVariant row_u8s8_avx2{false, RunRow, ApplyTable, FinishSums};

}  // namespace lockstep::kernels
