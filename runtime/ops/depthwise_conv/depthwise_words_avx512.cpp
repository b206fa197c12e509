// Compiled for AVX-512; see depthwise_rows_u8s8_avx512vnni.cpp.
#include "ops/depthwise_conv/depthwise_words_avx512.h"

namespace lockstep::kernels {
namespace {

constexpr int kLeastShift = -6;  // kLongShift

__m512i LoadWeights(const DepthwiseWideLayer& wide, int tap, const DepthwiseWords& block) {
  const int64_t at = int64_t{tap} * wide.layer.channels + block.first;
  return wide.wide_weights
             ? _mm512_maskz_loadu_epi16(block.lanes, reinterpret_cast<const int16_t*>(wide.layer.weights) + at)
             : _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(block.lanes, wide.layer.weights + at));
}

// Of the weights: their sum and their magnitudes', by lane.
struct WeightSums {
  alignas(64) int32_t sum[kWordChannels];
  alignas(64) int32_t magnitude[kWordChannels];
};

void PackWeights(const DepthwiseWideLayer& wide, int taps, DepthwiseWords* block, WeightSums* sums) {
  const bool halves = wide.layer.wide_input && wide.wide_weights;
  const __m512i ones = _mm512_set1_epi16(1);
  WordPair sum = {{_mm512_setzero_si512(), _mm512_setzero_si512()}};
  WordPair magnitude = sum;
  int16_t* to = block->weights;
  for (int tap = 0; tap < taps; tap += 2) {
    const __m512i a = LoadWeights(wide, tap, *block);
    const __m512i b = tap + 1 < taps ? LoadWeights(wide, tap + 1, *block) : _mm512_setzero_si512();
    const WordPair pair = Interleave(a, b);
    for (int j = 0; j < 2; ++j) {
      const __m512i w = pair.part[j];
      sum.part[j] = AddProducts(sum.part[j], w, ones);
      magnitude.part[j] = AddProducts(magnitude.part[j], _mm512_abs_epi16(w), ones);
      _mm512_store_si512(to + j * kWordChannels, halves ? _mm512_srai_epi16(w, 8) : w);
      if (halves) _mm512_store_si512(to + (2 + j) * kWordChannels, _mm512_and_si512(w, _mm512_set1_epi16(0xff)));
    }
    to += (halves ? 4 : 2) * kWordChannels;
  }
  RestoreLanes(sum, sums->sum);
  RestoreLanes(magnitude, sums->magnitude);
}

void FillLong(const DepthwiseLayer& layer, DepthwiseWords* block) {
  alignas(64) int64_t start[4][8], multiplier[4][8], shift[4][8];
  for (int j = 0; j < 2; ++j) {
    for (int k = 0; k < 16; ++k) {
      const int lane = WordLane(j, k);
      const int at = 2 * j + k % 2;
      start[at][k / 2] = block->starts[lane];
      multiplier[at][k / 2] = block->multipliers[lane];
      shift[at][k / 2] = block->shifts[lane];
    }
  }
  for (int i = 0; i < 4; ++i) {
    block->wide_start[i] = _mm512_load_si512(start[i]);
    block->long_requantizers[i] =
        MakeLongRequantizer512(_mm512_load_si512(multiplier[i]), _mm512_load_si512(shift[i]), layer.zero_point);
  }
}

void FillWords(const DepthwiseLayer& layer, DepthwiseWords* block) {
  for (int j = 0; j < 2; ++j) {
    alignas(64) int32_t start[16], multiplier[16], shift[16];
    for (int k = 0; k < 16; ++k) {
      const int lane = WordLane(j, k);
      start[k] = static_cast<int32_t>(block->starts[lane]);
      multiplier[k] = block->multipliers[lane];
      shift[k] = block->shifts[lane];
    }
    block->start.part[j] = _mm512_load_si512(start);
    block->requantizers[j] =
        MakeRequantizer512(_mm512_load_si512(multiplier), _mm512_load_si512(shift), layer.zero_point, true);
  }
}

}  // namespace

void FillDepthwiseWords(const DepthwiseWideLayer& wide, int taps, DepthwiseWords* block) {
  const DepthwiseLayer& layer = wide.layer;
  WeightSums sums;
  PackWeights(wide, taps, block, &sums);
  constexpr int64_t kOffset = 1 << 15;
  const int64_t largest = wide.layer.wide_input ? kOffset : 255;
  bool words = !wide.layer.wide_input || !wide.wide_weights;
  int least = 31;
  int most = kLeastShift;
  for (int lane = 0; lane < kWordChannels; ++lane) {
    const int channel = block->first + (lane < block->count ? lane : 0);
    int64_t start = wide.wide_start != nullptr ? wide.wide_start[channel] : layer.acc_init[channel];
    if (wide.layer.wide_input) start += kOffset * sums.sum[lane];
    block->starts[lane] = start;
    block->multipliers[lane] = layer.multiplier[channel];
    block->shifts[lane] = layer.shift[channel];
    const int64_t farthest = (start < 0 ? -start : start) + largest * sums.magnitude[lane];
    words = words && farthest < (int64_t{1} << 31);
    least = layer.shift[channel] < least ? layer.shift[channel] : least;
    most = layer.shift[channel] > most ? layer.shift[channel] : most;
  }
  if (words && HighWordsDo(layer.zero_point, least, most)) {
    block->epilogue = DepthwiseEpilogue::kWords;
    FillWords(layer, block);
  } else if (least >= kLeastShift) {
    block->epilogue = DepthwiseEpilogue::kLong;
    FillLong(layer, block);
  } else {
    block->epilogue = DepthwiseEpilogue::kAny;
  }
}

}  // namespace lockstep::kernels
