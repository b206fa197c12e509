// vpmaddwd adds the products of two taps: 16 channels of two neighbouring output pixels at a time, from the addresses
// of their windows' pixels. A tap outside the input reads zero points.
//
// Only this file is compiled for AVX2. It must not use inline functions with external linkage: the linker might keep
// its copy of one for a CPU without these instructions.
#include <immintrin.h>

#include <cstring>

#include "arithmetic/requantize_avx2.h"
#include "gemm/unroll.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kPixels = 2;
constexpr int kLanes = 16;
constexpr int kHalves = 2;  // of the lanes, 8 accumulators

// Windows of neighbouring output pixels. A tap more than the window has, where their number is odd, meets no weight.
struct Windows {
  const uint8_t* taps[kPixels][kMostTaps256 + 1];
  alignas(32) uint8_t padding[kMostChannels256 + kLanes];
};

__m256i LoadWords(const uint8_t* from) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
__m256i LoadWeights(const int8_t* from) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

void PointTaps(const DepthwiseLayer& layer, int64_t unit, int64_t x, int pixel, Windows* windows) {
  const uint8_t* image = layer.input + unit / layer.out_h * layer.in_h * layer.in_w * layer.in_pitch;
  const uint8_t** tap = windows->taps[pixel];
  const int64_t top = unit % layer.out_h * layer.stride_h - layer.pad_top;
  const int64_t left = x * layer.stride_w - layer.pad_left;
  for (int32_t ky = 0; ky < layer.kernel_h; ++ky) {
    const int64_t row = top + int64_t{ky} * layer.dilation_h;
    for (int32_t kx = 0; kx < layer.kernel_w; ++kx) {
      const int64_t column = left + int64_t{kx} * layer.dilation_w;
      const bool inside = row >= 0 && row < layer.in_h && column >= 0 && column < layer.in_w;
      *tap++ = inside ? image + (row * layer.in_w + column) * layer.in_pitch : windows->padding;
    }
  }
  *tap = windows->padding;
}

struct Accumulators {
  __m256i value[kPixels][kHalves];
};

// Unpacking leaves the channels 0 to 3 and 8 to 11 in the first half, the others in the second.
[[gnu::always_inline]] inline void Multiply(const DepthwiseLayer& layer, const Windows& windows, int64_t channel,
                                            Accumulators* acc) {
  const int taps = layer.kernel_h * layer.kernel_w;
  const int8_t* w = layer.weights + channel;
  Unroll<kPixels>([&](auto p) { Unroll<kHalves>([&](auto h) { acc->value[p][h] = _mm256_setzero_si256(); }); });
  for (int tap = 0; tap < taps; tap += 2, w += 2 * int64_t{layer.channels}) {
    const __m256i first = LoadWeights(w);
    const __m256i second = tap + 1 < taps ? LoadWeights(w + layer.channels) : _mm256_setzero_si256();
    const __m256i low = _mm256_unpacklo_epi16(first, second);
    const __m256i high = _mm256_unpackhi_epi16(first, second);
    Unroll<kPixels>([&](auto p) {
      const __m256i a = LoadWords(windows.taps[p][tap] + channel);
      const __m256i b = LoadWords(windows.taps[p][tap + 1] + channel);
      __m256i* sums = acc->value[p];
      sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), low));
      sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), high));
    });
  }
}

// The constants of 8 channels.
struct Constants {
  const int32_t* multiplier;
  const int8_t* shift;
  __m256i start;
  Requantizer256 requantizer;
  bool high_words;
};

Constants LoadConstants(const DepthwiseLayer& layer, int64_t channel) {
  Constants c;
  c.multiplier = layer.multiplier + channel;
  c.shift = layer.shift + channel;
  c.start = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(layer.acc_init + channel));
  const __m256i shift = _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(c.shift)));
  c.requantizer =
      MakeRequantizer256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(c.multiplier)), shift, layer.zero_point);
  int least = c.shift[0];
  int largest = c.shift[0];
  for (int i = 1; i < 8; ++i) {
    least = c.shift[i] < least ? c.shift[i] : least;
    largest = c.shift[i] > largest ? c.shift[i] : largest;
  }
  c.high_words = HighWordsDo256(layer.zero_point, least, largest);
  return c;
}

[[gnu::always_inline]] inline void Finish(const DepthwiseLayer& layer, const Constants* constants, const __m256i* sums,
                                          uint8_t* to) {
  const __m256i own[kHalves] = {_mm256_permute2x128_si256(sums[0], sums[1], 0x20),
                                _mm256_permute2x128_si256(sums[0], sums[1], 0x31)};
  const __m256i low = _mm256_set1_epi32(layer.low);
  const __m256i high = _mm256_set1_epi32(layer.high);
  __m256i values[kHalves];
  Unroll<kHalves>([&](auto h) {
    const Constants& c = constants[h];
    const __m256i acc = _mm256_add_epi32(own[h], c.start);
    values[h] = c.high_words ? RequantizeHighWords256(c.requantizer, acc)
                             : RequantizeEach256(acc, c.multiplier, c.shift, {layer.zero_point, layer.low, layer.high});
    values[h] = _mm256_min_epi32(_mm256_max_epi32(values[h], low), high);
  });
  const __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(values[0], values[1]), 0xd8);
  const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
}

void ApplyTable256(const DepthwiseLayer& layer, uint8_t* pixel) {
  for (int32_t i = 0; i < layer.channels; ++i) pixel[i] = layer.table[pixel[i]];
}

}  // namespace

void depthwise_rows_u8s8_avx2(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  Windows windows;
  std::memset(windows.padding, layer.in_zero_point, sizeof windows.padding);
  for (int64_t unit = begin; unit < end; ++unit) {
    for (int64_t x = 0; x < layer.out_w; x += kPixels) {
      const bool both = x + 1 < layer.out_w;
      PointTaps(layer, unit, x, 0, &windows);
      PointTaps(layer, unit, both ? x + 1 : x, 1, &windows);
      uint8_t* out = layer.output + (unit * layer.out_w + x) * layer.out_pitch;
      for (int64_t channel = 0; channel < layer.channels; channel += kLanes) {
        // The last lanes are computed once more where they are no whole vector.
        const int64_t first = channel + kLanes <= layer.channels ? channel : layer.channels - kLanes;
        const Constants constants[kHalves] = {LoadConstants(layer, first), LoadConstants(layer, first + 8)};
        Accumulators acc;
        Multiply(layer, windows, first, &acc);
        Finish(layer, constants, acc.value[0], out + first);
        if (both) Finish(layer, constants, acc.value[1], out + layer.out_pitch + first);
      }
      if (layer.table == nullptr) continue;
      ApplyTable256(layer, out);
      if (both) ApplyTable256(layer, out + layer.out_pitch);
    }
  }
}

}  // namespace lockstep::kernels
