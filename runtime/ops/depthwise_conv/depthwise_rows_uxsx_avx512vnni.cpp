// Elements, weights or outputs of two bytes: vpdpwssd multiplies pairs of taps, with elements of two bytes less 32768.
// Where both have two bytes a weight is 256 times one byte and the other, which have sums of their own. 32 channels of
// four neighbouring output pixels at a time; every window is a list of addresses.
//
// Only this file is compiled for AVX-512; see depthwise_rows_u8s8_avx512vnni.cpp.
#include <immintrin.h>

#include "arithmetic/requantize_avx512.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table_avx512.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kChannels = 32;
constexpr int kPixels = 4;
constexpr int kMostPairs = kMostTaps512 / 2;
constexpr int kLeastShift = -6;  // kLongShift

// Where the sum of lane 8 * i + 4 * j + k of 32 lies: vector j, dword 4 * i + k.
struct Pair {
  __m512i part[2];
};

enum class Epilogue { kWords, kLong, kAny };

// Up to 32 channels.
struct Block {
  int first, count;
  __mmask32 lanes;
  Epilogue epilogue;
  // kWords: sums of 32 bits.
  Pair start;
  Requantizer512 requantizers[2];
  // kLong, by even and odd dwords of the two vectors: sums of 64 bits.
  __m512i wide_start[4];
  LongRequantizer512 long_requantizers[4];
  // kAny, by lane.
  int64_t starts[kChannels];
  int32_t multipliers[kChannels];
  int32_t shifts[kChannels];
  alignas(64) int16_t weights[kMostPairs * 2 * 2 * kChannels];  // [pair][byte][vector]
};

// Windows of kPixels output pixels: each tap's addresses, and what leads to those of the next pixels.
struct Windows {
  const uint8_t* at[kMostTaps512 + 1][kPixels];
  int64_t step[kMostTaps512 + 1];
};

[[gnu::always_inline]] inline Pair Interleave(__m512i a, __m512i b) {
  return {{_mm512_unpacklo_epi16(a, b), _mm512_unpackhi_epi16(a, b)}};
}

[[gnu::always_inline]] inline __m512i AddProducts(__m512i acc, __m512i x, __m512i w) {
  __asm__("vpdpwssd %2, %1, %0" : "+v"(acc) : "v"(x), "v"(w));
  return acc;
}

template <bool kWide>
[[gnu::always_inline]] inline __m512i LoadElements(const uint8_t* from, __mmask32 lanes) {
  if constexpr (kWide) {
    return _mm512_xor_si512(_mm512_maskz_loadu_epi16(lanes, from), _mm512_set1_epi16(-0x8000));
  } else {
    return _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(lanes, from));
  }
}

__m512i LoadWeights(const DepthwiseWideLayer& wide, int tap, const Block& block) {
  const int64_t at = int64_t{tap} * wide.layer.channels + block.first;
  return wide.wide_weights
             ? _mm512_maskz_loadu_epi16(block.lanes, reinterpret_cast<const int16_t*>(wide.layer.weights) + at)
             : _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(block.lanes, wide.layer.weights + at));
}

// Of the weights: their sum and their magnitudes', by lane.
struct WeightSums {
  alignas(64) int32_t sum[kChannels];
  alignas(64) int32_t magnitude[kChannels];
};

void Restore(const Pair& sums, int32_t* to) {
  for (int j = 0; j < 2; ++j) {
    alignas(64) int32_t lanes[16];
    _mm512_store_si512(lanes, sums.part[j]);
    for (int i = 0; i < 16; ++i) to[8 * (i / 4) + 4 * j + i % 4] = lanes[i];
  }
}

void PackWeights(const DepthwiseWideLayer& wide, int taps, Block* block, WeightSums* sums) {
  const bool halves = wide.wide_input && wide.wide_weights;
  const __m512i ones = _mm512_set1_epi16(1);
  Pair sum = {{_mm512_setzero_si512(), _mm512_setzero_si512()}};
  Pair magnitude = sum;
  int16_t* to = block->weights;
  for (int tap = 0; tap < taps; tap += 2) {
    const __m512i a = LoadWeights(wide, tap, *block);
    const __m512i b = tap + 1 < taps ? LoadWeights(wide, tap + 1, *block) : _mm512_setzero_si512();
    const Pair pair = Interleave(a, b);
    for (int j = 0; j < 2; ++j) {
      const __m512i w = pair.part[j];
      sum.part[j] = AddProducts(sum.part[j], w, ones);
      magnitude.part[j] = AddProducts(magnitude.part[j], _mm512_abs_epi16(w), ones);
      _mm512_store_si512(to + j * kChannels, halves ? _mm512_srai_epi16(w, 8) : w);
      if (halves) _mm512_store_si512(to + (2 + j) * kChannels, _mm512_and_si512(w, _mm512_set1_epi16(0xff)));
    }
    to += (halves ? 4 : 2) * kChannels;
  }
  Restore(sum, sums->sum);
  Restore(magnitude, sums->magnitude);
}

// Of lane: vector j, dword k.
int LaneOf(int j, int k) { return 8 * (k / 4) + 4 * j + k % 4; }

void FillLong(const DepthwiseLayer& layer, Block* block) {
  alignas(64) int64_t start[4][8], multiplier[4][8], shift[4][8];
  for (int j = 0; j < 2; ++j) {
    for (int k = 0; k < 16; ++k) {
      const int lane = LaneOf(j, k);
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

void FillWords(const DepthwiseLayer& layer, Block* block) {
  for (int j = 0; j < 2; ++j) {
    alignas(64) int32_t start[16], multiplier[16], shift[16];
    for (int k = 0; k < 16; ++k) {
      const int lane = LaneOf(j, k);
      start[k] = static_cast<int32_t>(block->starts[lane]);
      multiplier[k] = block->multipliers[lane];
      shift[k] = block->shifts[lane];
    }
    block->start.part[j] = _mm512_load_si512(start);
    block->requantizers[j] =
        MakeRequantizer512(_mm512_load_si512(multiplier), _mm512_load_si512(shift), layer.zero_point, true);
  }
}

void FillBlock(const DepthwiseWideLayer& wide, int taps, Block* block) {
  const DepthwiseLayer& layer = wide.layer;
  WeightSums sums;
  PackWeights(wide, taps, block, &sums);
  constexpr int64_t kOffset = 1 << 15;
  const int64_t largest = wide.wide_input ? kOffset : 255;
  bool words = !wide.wide_input || !wide.wide_weights;
  int least = 31;
  int most = kLeastShift;
  for (int lane = 0; lane < kChannels; ++lane) {
    const int channel = block->first + (lane < block->count ? lane : 0);
    int64_t start = wide.wide_start != nullptr ? wide.wide_start[channel] : layer.acc_init[channel];
    if (wide.wide_input) start += kOffset * sums.sum[lane];
    block->starts[lane] = start;
    block->multipliers[lane] = layer.multiplier[channel];
    block->shifts[lane] = layer.shift[channel];
    const int64_t farthest = (start < 0 ? -start : start) + largest * sums.magnitude[lane];
    words = words && farthest < (int64_t{1} << 31);
    least = layer.shift[channel] < least ? layer.shift[channel] : least;
    most = layer.shift[channel] > most ? layer.shift[channel] : most;
  }
  if (words && HighWordsDo(layer.zero_point, least, most)) {
    block->epilogue = Epilogue::kWords;
    FillWords(layer, block);
  } else if (least >= kLeastShift) {
    block->epilogue = Epilogue::kLong;
    FillLong(layer, block);
  } else {
    block->epilogue = Epilogue::kAny;
  }
}

// Sums of 64 bits of the even or odd dwords; `low` are the sums of a weight's lower byte.
template <bool kHalves>
[[gnu::always_inline]] inline __m512i Widen(__m512i high, __m512i low) {
  const __m512i one = _mm512_set1_epi64(1);
  if constexpr (!kHalves) return _mm512_mul_epi32(high, one);
  return _mm512_add_epi64(_mm512_mul_epi32(high, _mm512_set1_epi64(256)), _mm512_mul_epi32(low, one));
}

// Values, clamped, that an accumulator of 64 bits gives.
[[gnu::always_inline]] inline __m512i FinishLong(const DepthwiseLayer& layer, const Block& block, int i, __m512i acc) {
  return RequantizeLong512(block.long_requantizers[i], {layer.zero_point, layer.low, layer.high},
                           _mm512_add_epi64(acc, block.wide_start[i]));
}

template <bool kHalves>
[[gnu::noinline]] __m512i FinishAny(const DepthwiseLayer& layer, const Block& block, const Pair& high,
                                    const Pair& low) {
  int32_t upper[kChannels];
  int32_t lower[kChannels] = {};
  Restore(high, upper);
  if (kHalves) Restore(low, lower);
  int64_t acc[kChannels];
  for (int i = 0; i < kChannels; ++i) acc[i] = block.starts[i] + (kHalves ? 256 : 1) * int64_t{upper[i]} + lower[i];
  uint16_t values[kChannels];
  RequantizeDepthwise(layer, acc, block.multipliers, block.shifts, kChannels, values);
  return _mm512_loadu_si512(values);
}

// 32 values of 16 bits, in the order of their channels.
template <bool kHalves>
[[gnu::always_inline]] inline __m512i Finish(const DepthwiseLayer& layer, const Block& block, const Pair& high,
                                             const Pair& low) {
  if (block.epilogue == Epilogue::kWords) {
    __m512i values[2];
    Unroll<2>([&](auto j) {
      const __m512i acc = _mm512_add_epi32(high.part[j], block.start.part[j]);
      values[j] = RequantizeHighWords512(block.requantizers[j], acc);
    });
    const __m512i words = _mm512_packus_epi32(values[0], values[1]);
    return _mm512_min_epu16(_mm512_max_epu16(words, _mm512_set1_epi16(static_cast<int16_t>(layer.low))),
                            _mm512_set1_epi16(static_cast<int16_t>(layer.high)));
  }
  if (block.epilogue == Epilogue::kAny) return FinishAny<kHalves>(layer, block, high, low);
  __m512i values[2];
  Unroll<2>([&](auto j) {
    const __m512i even = FinishLong(layer, block, 2 * j, Widen<kHalves>(high.part[j], low.part[j]));
    const __m512i odd =
        FinishLong(layer, block, 2 * j + 1,
                   Widen<kHalves>(_mm512_srli_epi64(high.part[j], 32), _mm512_srli_epi64(low.part[j], 32)));
    values[j] = _mm512_or_si512(even, _mm512_slli_epi64(odd, 32));
  });
  return _mm512_packus_epi32(values[0], values[1]);
}

void StoreFromTable(const DepthwiseWideLayer& wide, const Block& block, __m512i values, uint8_t* to) {
  uint16_t index[kChannels];
  _mm512_storeu_si512(index, values);
  const uint8_t* table = wide.layer.table;
  for (int i = 0; i < block.count; ++i) {
    if (wide.wide_output) {
      to[2 * i] = table[2 * index[i]];
      to[2 * i + 1] = table[2 * index[i] + 1];
    } else {
      to[i] = table[index[i]];
    }
  }
}

[[gnu::always_inline]] inline void Store(const DepthwiseWideLayer& wide, const Block& block, __m512i values,
                                         uint8_t* to) {
  if (wide.wide_table) return StoreFromTable(wide, block, values, to);
  if (wide.wide_output) {
    if (block.count == kChannels) {
      _mm512_storeu_si512(to, values);
    } else {
      _mm512_mask_storeu_epi16(to, block.lanes, values);
    }
    return;
  }
  __m256i bytes = _mm512_cvtepi16_epi8(values);
  if (wide.layer.table != nullptr) {
    bytes = _mm512_castsi512_si256(LookUp512(LoadTable512(wide.layer.table), _mm512_castsi256_si512(bytes)));
  }
  if (block.count == kChannels) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
  } else {
    _mm256_mask_storeu_epi8(to, block.lanes, bytes);
  }
}

// Up to kPixels output pixels.
template <bool kWide, bool kHalves>
[[gnu::noinline]] void RunPixels(const DepthwiseWideLayer& wide, const Block& block, const Windows& windows, int pairs,
                                 int pixels, uint8_t* to) {
  constexpr int kSums = kHalves ? 2 : 1;
  Pair acc[kPixels][kSums];
  Unroll<kPixels>([&](auto p) {
    Unroll<kSums>([&](auto s) { acc[p][s].part[0] = acc[p][s].part[1] = _mm512_setzero_si512(); });
  });
  const int16_t* weights = block.weights;
  const __mmask32 lanes = block.lanes;
  const uint8_t* const(*at)[kPixels] = windows.at;
  for (int pair = 0; pair < pairs; ++pair, at += 2, weights += 2 * kSums * kChannels) {
    __m512i w[kSums][2];
    Unroll<kSums>([&](auto s) {
      Unroll<2>([&](auto j) { w[s][j] = _mm512_load_si512(weights + (2 * s + j) * kChannels); });
    });
    Unroll<kPixels>([&](auto p) {
      const Pair x = Interleave(LoadElements<kWide>(at[0][p], lanes), LoadElements<kWide>(at[1][p], lanes));
      Unroll<kSums>([&](auto s) {
        Unroll<2>([&](auto j) { acc[p][s].part[j] = AddProducts(acc[p][s].part[j], x.part[j], w[s][j]); });
      });
    });
  }
  Unroll<kPixels>([&](auto p) {
    if (p >= pixels) return;
    Store(wide, block, Finish<kHalves>(wide.layer, block, acc[p][0], acc[p][kSums - 1]),
          to + p * wide.layer.out_pitch);
  });
}

using RunPixelsFunction = void(const DepthwiseWideLayer& wide, const Block& block, const Windows& windows, int pairs,
                               int pixels, uint8_t* to);

// The output rows of a block of channels.
class BlockRows {
 public:
  BlockRows(const DepthwiseWideLayer& wide, const Block& block)
      : wide_(wide), layer_(wide.layer), block_(block), taps_(layer_.kernel_h * layer_.kernel_w) {
    const __m512i zero = wide.wide_input ? _mm512_set1_epi16(static_cast<int16_t>(layer_.in_zero_point))
                                         : _mm512_set1_epi8(static_cast<char>(layer_.in_zero_point));
    _mm512_store_si512(padding_, zero);
    run_ = wide.wide_input ? (wide.wide_weights ? RunPixels<true, true> : RunPixels<true, false>)
                           : RunPixels<false, false>;
    offset_ = int64_t{block.first} * (wide.wide_input ? 2 : 1);
    reach_ = int64_t{layer_.kernel_w - 1} * layer_.dilation_w;
  }

  void Run(int64_t row) {
    const int64_t image = row / layer_.out_h;
    const int64_t y = row % layer_.out_h;
    const uint8_t* input = layer_.input + image * layer_.in_h * layer_.in_w * layer_.in_pitch + offset_;
    uint8_t* to = layer_.output + row * layer_.out_w * layer_.out_pitch +
                  int64_t{block_.first} * (wide_.wide_output ? 2 : 1);
    bool inside = false;  // the windows before were
    for (int x = 0; x < layer_.out_w; x += kPixels, to += kPixels * layer_.out_pitch) {
      const int64_t left = int64_t{x} * layer_.stride_w - layer_.pad_left;
      const int64_t right = left + (kPixels - 1) * int64_t{layer_.stride_w} + reach_;
      const int rest = layer_.out_w - x;
      const bool whole = left >= 0 && right < layer_.in_w && rest >= kPixels;
      if (whole && inside) {
        Advance();
      } else {
        Point(input, y, left, rest);
      }
      inside = whole;
      run_(wide_, block_, windows_, (taps_ + 1) / 2, rest < kPixels ? rest : kPixels, to);
    }
  }

 private:
  void Point(const uint8_t* input, int64_t y, int64_t left, int rest) {
    int tap = 0;
    for (int ky = 0; ky < layer_.kernel_h; ++ky) {
      const int64_t row = y * layer_.stride_h - layer_.pad_top + int64_t{ky} * layer_.dilation_h;
      const bool outside = row < 0 || row >= layer_.in_h;
      for (int kx = 0; kx < layer_.kernel_w; ++kx, ++tap) {
        for (int p = 0; p < kPixels; ++p) {
          const int64_t column = left + int64_t{p} * layer_.stride_w + int64_t{kx} * layer_.dilation_w;
          windows_.at[tap][p] = outside || column < 0 || column >= layer_.in_w || p >= rest
                                    ? padding_
                                    : input + (row * layer_.in_w + column) * layer_.in_pitch;
        }
        windows_.step[tap] = outside ? 0 : kPixels * layer_.stride_w * layer_.in_pitch;
      }
    }
    for (int p = 0; p < kPixels; ++p) windows_.at[tap][p] = padding_;
    windows_.step[tap] = 0;
  }

  void Advance() {
    for (int tap = 0; tap < taps_; ++tap) {
      auto* at = reinterpret_cast<__m256i*>(windows_.at[tap]);
      _mm256_storeu_si256(at, _mm256_add_epi64(_mm256_loadu_si256(at), _mm256_set1_epi64x(windows_.step[tap])));
    }
  }

  const DepthwiseWideLayer& wide_;
  const DepthwiseLayer& layer_;
  const Block& block_;
  int taps_;
  int64_t offset_, reach_;
  RunPixelsFunction* run_;
  Windows windows_;
  alignas(64) uint8_t padding_[64];
};

}  // namespace

void depthwise_rows_uxsx_avx512vnni(const DepthwiseWideLayer& layer, int64_t begin, int64_t end) {
  Block block;
  for (block.first = 0; block.first < layer.layer.channels; block.first += block.count) {
    const int rest = layer.layer.channels - block.first;
    block.count = rest < kChannels ? rest : kChannels;
    block.lanes = static_cast<__mmask32>((uint64_t{1} << block.count) - 1);
    FillBlock(layer, layer.layer.kernel_h * layer.layer.kernel_w, &block);
    BlockRows rows(layer, block);
    for (int64_t row = begin; row < end; ++row) rows.Run(row);
  }
}

}  // namespace lockstep::kernels
