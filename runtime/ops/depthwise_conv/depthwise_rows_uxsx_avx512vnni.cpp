// Elements, weights or outputs of two bytes: vpdpwssd multiplies pairs of taps, with elements of two bytes less 32768.
// Where both have two bytes a weight is 256 times one byte and the other, which have sums of their own. 32 channels of
// four neighbouring output pixels at a time; every window is a list of addresses.
//
// Only this file is compiled for AVX-512; see depthwise_rows_u8s8_avx512vnni.cpp.
#include <immintrin.h>

#include "gemm/unroll.h"
#include "ops/common/byte_table_avx512.h"
#include "ops/depthwise_conv/depthwise_words_avx512.h"

namespace lockstep::kernels {
namespace {

constexpr int kPixels = 4;

// Windows of kPixels output pixels: each tap's addresses, and what leads to those of the next pixels.
struct Windows {
  const uint8_t* at[kMostTaps512 + 1][kPixels];
  int64_t step[kMostTaps512 + 1];
};

template <bool kWide>
[[gnu::always_inline]] inline __m512i LoadElements(const uint8_t* from, __mmask32 lanes) {
  if constexpr (kWide) {
    return _mm512_xor_si512(_mm512_maskz_loadu_epi16(lanes, from), _mm512_set1_epi16(-0x8000));
  } else {
    return _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(lanes, from));
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
[[gnu::always_inline]] inline __m512i FinishLong(const DepthwiseLayer& layer, const DepthwiseWords& block, int i,
                                                 __m512i acc) {
  return RequantizeLong512(block.long_requantizers[i], {layer.zero_point, layer.low, layer.high},
                           _mm512_add_epi64(acc, block.wide_start[i]));
}

template <bool kHalves>
[[gnu::noinline]] __m512i FinishAny(const DepthwiseLayer& layer, const DepthwiseWords& block, const WordPair& high,
                                    const WordPair& low) {
  int32_t upper[kWordChannels];
  int32_t lower[kWordChannels] = {};
  RestoreLanes(high, upper);
  if (kHalves) RestoreLanes(low, lower);
  int64_t acc[kWordChannels];
  for (int i = 0; i < kWordChannels; ++i) acc[i] = block.starts[i] + (kHalves ? 256 : 1) * int64_t{upper[i]} + lower[i];
  uint16_t values[kWordChannels];
  RequantizeDepthwise(layer, acc, block.multipliers, block.shifts, kWordChannels, values);
  return _mm512_loadu_si512(values);
}

// 32 values of 16 bits, in the order of their channels.
template <bool kHalves>
[[gnu::always_inline]] inline __m512i Finish(const DepthwiseLayer& layer, const DepthwiseWords& block,
                                             const WordPair& high, const WordPair& low) {
  if (block.epilogue == DepthwiseEpilogue::kWords) {
    __m512i values[2];
    Unroll<2>([&](auto j) {
      const __m512i acc = _mm512_add_epi32(high.part[j], block.start.part[j]);
      values[j] = RequantizeHighWords512(block.requantizers[j], acc);
    });
    const __m512i words = _mm512_packus_epi32(values[0], values[1]);
    return _mm512_min_epu16(_mm512_max_epu16(words, _mm512_set1_epi16(static_cast<int16_t>(layer.low))),
                            _mm512_set1_epi16(static_cast<int16_t>(layer.high)));
  }
  if (block.epilogue == DepthwiseEpilogue::kAny) return FinishAny<kHalves>(layer, block, high, low);
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

void StoreFromTable(const DepthwiseWideLayer& wide, const DepthwiseWords& block, __m512i values, uint8_t* to) {
  uint16_t index[kWordChannels];
  _mm512_storeu_si512(index, values);
  const uint8_t* table = wide.layer.table;
  for (int i = 0; i < block.count; ++i) {
    if (wide.layer.wide_output) {
      to[2 * i] = table[2 * index[i]];
      to[2 * i + 1] = table[2 * index[i] + 1];
    } else {
      to[i] = table[index[i]];
    }
  }
}

[[gnu::always_inline]] inline void Store(const DepthwiseWideLayer& wide, const DepthwiseWords& block, __m512i values,
                                         uint8_t* to) {
  if (wide.wide_table) return StoreFromTable(wide, block, values, to);
  if (wide.layer.wide_output) {
    if (block.count == kWordChannels) {
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
  if (block.count == kWordChannels) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
  } else {
    _mm256_mask_storeu_epi8(to, block.lanes, bytes);
  }
}

// Up to kPixels output pixels.
template <bool kWide, bool kHalves>
[[gnu::noinline]] void RunPixels(const DepthwiseWideLayer& wide, const DepthwiseWords& block, const Windows& windows,
                                 int pairs, int pixels, uint8_t* to) {
  constexpr int kSums = kHalves ? 2 : 1;
  WordPair acc[kPixels][kSums];
  Unroll<kPixels>(
      [&](auto p) { Unroll<kSums>([&](auto s) { acc[p][s].part[0] = acc[p][s].part[1] = _mm512_setzero_si512(); }); });
  const int16_t* weights = block.weights;
  const __mmask32 lanes = block.lanes;
  const uint8_t* const(*at)[kPixels] = windows.at;
  for (int pair = 0; pair < pairs; ++pair, at += 2, weights += 2 * kSums * kWordChannels) {
    __m512i w[kSums][2];
    Unroll<kSums>([&](auto s) {
      Unroll<2>([&](auto j) { w[s][j] = _mm512_load_si512(weights + (2 * s + j) * kWordChannels); });
    });
    Unroll<kPixels>([&](auto p) {
      const WordPair x = Interleave(LoadElements<kWide>(at[0][p], lanes), LoadElements<kWide>(at[1][p], lanes));
      Unroll<kSums>([&](auto s) {
        Unroll<2>([&](auto j) { acc[p][s].part[j] = AddProducts(acc[p][s].part[j], x.part[j], w[s][j]); });
      });
    });
  }
  Unroll<kPixels>([&](auto p) {
    if (p >= pixels) return;
    Store(wide, block, Finish<kHalves>(wide.layer, block, acc[p][0], acc[p][kSums - 1]), to + p * wide.layer.out_pitch);
  });
}

using RunPixelsFunction = void(const DepthwiseWideLayer& wide, const DepthwiseWords& block, const Windows& windows,
                               int pairs, int pixels, uint8_t* to);

// The output rows of a block of channels.
class BlockRows {
 public:
  BlockRows(const DepthwiseWideLayer& wide, const DepthwiseWords& block)
      : wide_(wide), layer_(wide.layer), block_(block), taps_(layer_.kernel_h * layer_.kernel_w) {
    const __m512i zero = wide.layer.wide_input ? _mm512_set1_epi16(static_cast<int16_t>(layer_.in_zero_point))
                                               : _mm512_set1_epi8(static_cast<char>(layer_.in_zero_point));
    _mm512_store_si512(padding_, zero);
    run_ = wide.layer.wide_input ? (wide.wide_weights ? RunPixels<true, true> : RunPixels<true, false>)
                                 : RunPixels<false, false>;
    offset_ = int64_t{block.first} * (wide.layer.wide_input ? 2 : 1);
    reach_ = int64_t{layer_.kernel_w - 1} * layer_.dilation_w;
  }

  void Run(int64_t row) {
    const int64_t image = row / layer_.out_h;
    const int64_t y = row % layer_.out_h;
    const uint8_t* input = layer_.input + image * layer_.in_h * layer_.in_w * layer_.in_pitch + offset_;
    uint8_t* to = layer_.output + row * layer_.out_w * layer_.out_pitch +
                  int64_t{block_.first} * (wide_.layer.wide_output ? 2 : 1);
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
  const DepthwiseWords& block_;
  int taps_;
  int64_t offset_, reach_;
  RunPixelsFunction* run_;
  Windows windows_;
  alignas(64) uint8_t padding_[64];
};

}  // namespace

void depthwise_rows_uxsx_avx512vnni(const DepthwiseWideLayer& layer, int64_t begin, int64_t end) {
  DepthwiseWords block;
  for (block.first = 0; block.first < layer.layer.channels; block.first += block.count) {
    const int rest = layer.layer.channels - block.first;
    block.count = rest < kWordChannels ? rest : kWordChannels;
    block.lanes = static_cast<__mmask32>((uint64_t{1} << block.count) - 1);
    FillDepthwiseWords(layer, layer.layer.kernel_h * layer.layer.kernel_w, &block);
    BlockRows rows(layer, block);
    for (int64_t row = begin; row < end; ++row) rows.Run(row);
  }
}

}  // namespace lockstep::kernels
