// Compiled for AVX-512: it must not use inline functions with external linkage.
#include "gemm/finish_tile_avx512.h"

#include <immintrin.h>

#include "gemm/unroll.h"
#include "ops/common/byte_table_avx512.h"

namespace lockstep::kernels {
namespace {

// What of a block's channels there is.
__mmask16 ChannelsOf(const ConvRow& row, int64_t channel) {
  const int64_t rest = row.channels - channel;
  return static_cast<__mmask16>(rest >= kBlockChannels ? 0xffff : (1 << rest) - 1);
}

// Outputs of two bytes, shifts that need more than high words, channels that are no whole blocks.
void FinishAny(const RowConstants512& constants, const int32_t* sums, int pixels, int blocks, int64_t channel,
               uint8_t* to) {
  const ConvRow& row = *constants.row;
  const __m512i low = _mm512_set1_epi32(row.low);
  const __m512i high = _mm512_set1_epi32(row.high);
  for (int pixel = 0; pixel < pixels; ++pixel, to += row.out_step) {
    for (int b = 0; b < blocks; ++b, sums += kBlockChannels) {
      const int64_t at = channel + b * kBlockChannels;
      const __mmask16 valid = ChannelsOf(row, at);
      __m512i value =
          Requantize512(constants.requantizers[b], constants.limits, constants.high_words, _mm512_load_si512(sums));
      value = _mm512_min_epi32(_mm512_max_epi32(value, low), high);
      if (row.wide_output) {
        _mm256_mask_storeu_epi16(to + 2 * at, valid, _mm512_cvtepi32_epi16(value));
        continue;
      }
      __m128i bytes = _mm512_cvtepi32_epi8(value);
      if (row.table != nullptr) {
        bytes = _mm512_castsi512_si128(LookUp512(LoadTable512(row.table), _mm512_castsi128_si512(bytes)));
      }
      if (valid == 0xffff) {  // masked stores are slow
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + at), bytes);
      } else {
        _mm_mask_storeu_epi8(to + at, valid, bytes);
      }
    }
  }
}

// The output bytes of 64 accumulators, in their order: packing saturates to 0..255, the layer's own limits follow.
struct Packer {
  __m512i low, high, order;
};

Packer MakePacker(const ConvRow& row) {
  // Packing works within 128-bit lanes: dword i of the result belongs to vector i % 4, elements 4 * (i / 4) and on.
  return {_mm512_set1_epi8(static_cast<char>(row.low)), _mm512_set1_epi8(static_cast<char>(row.high)),
          _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)};
}

[[gnu::always_inline]] inline __m512i Pack(const Packer& packer, const __m512i* values) {
  const __m512i low = _mm512_packs_epi32(values[0], values[1]);
  const __m512i high = _mm512_packs_epi32(values[2], values[3]);
  const __m512i bytes = _mm512_permutexvar_epi32(packer.order, _mm512_packus_epi16(low, high));
  return _mm512_min_epu8(_mm512_max_epu8(bytes, packer.low), packer.high);
}

[[gnu::always_inline]] inline void Store16(uint8_t* to, __m128i bytes) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
}

[[gnu::always_inline]] inline void Store32(uint8_t* to, __m256i bytes) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
}

// The bytes of kPixels pixels, kBlocks of 16 channels each; of the first `pixels` of them.
template <int kBlocks>
[[gnu::always_inline]] inline void StorePixels(__m512i bytes, int pixels, int64_t step, uint8_t* to) {
  if constexpr (kBlocks == 4) {
    _mm512_storeu_si512(to, bytes);
  } else if constexpr (kBlocks == 3) {
    Store32(to, _mm512_castsi512_si256(bytes));
    Store16(to + 32, _mm512_extracti32x4_epi32(bytes, 2));
  } else if constexpr (kBlocks == 2) {
    Store32(to, _mm512_castsi512_si256(bytes));
    if (pixels > 1) Store32(to + step, _mm512_extracti64x4_epi64(bytes, 1));
  } else {
    Unroll<4>([&](auto p) {
      if (p < pixels) Store16(to + p * step, _mm512_extracti32x4_epi32(bytes, p));
    });
  }
}

// Whole blocks of bytes: the accumulators of four blocks at a time, those of neighbouring pixels.
template <int kBlocks>
void FinishBytes(const RowConstants512& constants, const int32_t* sums, int pixels, uint8_t* to) {
  constexpr int kPixels = kBlocks < 3 ? kMostBlocks512 / kBlocks : 1;
  const ConvRow& row = *constants.row;
  const Packer packer = MakePacker(row);
  const int64_t step = row.out_step;
  Requantizer512 requantizers[kBlocks];
  Unroll<kBlocks>([&](auto b) { requantizers[b] = constants.requantizers[b]; });
  const auto finish = [&](auto look_up) {
    for (int left = pixels; left > 0; left -= kPixels) {
      __m512i values[kMostBlocks512];
      Unroll<kPixels * kBlocks>([&](auto i) {
        values[i] = RequantizeHighWords512(requantizers[i % kBlocks], _mm512_load_si512(sums + i * kBlockChannels));
      });
      if (kBlocks == 3) values[3] = values[2];
      StorePixels<kBlocks>(look_up(Pack(packer, values)), left, step, to);
      sums += kPixels * kBlocks * kBlockChannels;
      to += kPixels * step;
    }
  };
  if (row.table == nullptr) {
    finish([](__m512i bytes) { return bytes; });
  } else {
    const ByteTable512 table = LoadTable512(row.table);
    finish([&](__m512i bytes) { return LookUp512(table, bytes); });
  }
}

// To the row's sums, whose pixels have more blocks.
void CopySums(const ConvRow& row, const int32_t* from, int pixels, int blocks, int64_t first) {
  int32_t* to = static_cast<int32_t*>(row.sums) + first * kBlockChannels;
  for (int p = 0; p < pixels; ++p, to += int64_t{row.blocks} * kBlockChannels) {
    for (int b = 0; b < blocks; ++b, from += kBlockChannels) {
      _mm512_storeu_si512(to + b * kBlockChannels, _mm512_load_si512(from));
    }
  }
}

}  // namespace

void FinishTile512(const RowConstants512& constants, const int32_t* sums, const TilePlace& place) {
  const ConvRow& row = *constants.row;
  if (row.sums != nullptr) {
    CopySums(row, sums, place.pixels, place.blocks, place.pixel * row.blocks + place.block);
    return;
  }
  const int64_t channel = int64_t{place.block} * kBlockChannels;
  uint8_t* to = row.out + place.pixel * row.out_step;
  if (!constants.high_words || row.wide_output || row.channels - channel < place.blocks * kBlockChannels) {
    FinishAny(constants, sums, place.pixels, place.blocks, channel, to);
    return;
  }
  switch (place.blocks) {
    case 1:
      return FinishBytes<1>(constants, sums, place.pixels, to + channel);
    case 2:
      return FinishBytes<2>(constants, sums, place.pixels, to + channel);
    case 3:
      return FinishBytes<3>(constants, sums, place.pixels, to + channel);
    default:
      return FinishBytes<4>(constants, sums, place.pixels, to + channel);
  }
}

void ApplyTable512(const uint8_t* entries, const Stretches<uint8_t>& y) {
  const ByteTable512 table = LoadTable512(entries);
  const int64_t whole = y.length / 64 * 64;
  const __mmask64 rest = (__mmask64{1} << (y.length - whole)) - 1;
  for (int64_t stretch = 0; stretch < y.count; ++stretch) {
    uint8_t* data = y.data + stretch * y.step;
    for (const uint8_t* end = data + whole; data != end; data += 64) {
      _mm512_storeu_si512(data, LookUp512(table, _mm512_loadu_si512(data)));
    }
    _mm512_mask_storeu_epi8(data, rest, LookUp512(table, _mm512_maskz_loadu_epi8(rest, data)));
  }
}

// Eight lanes of 64 bits.
void FinishSums512(const SumsRow& row) {
  constexpr int kLanes = 8;
  const OutputLimits limits = {row.zero_point, row.low, row.high};
  for (int64_t lane = 0; lane < row.channels; lane += kLanes) {
    const __m512i start = _mm512_loadu_si512(row.start + lane);
    const LongRequantizer512 requantizer = MakeLongRequantizer512(_mm512_loadu_si512(row.multiplier + lane),
                                                                  _mm512_loadu_si512(row.shift + lane), row.zero_point);
    const int64_t rest = row.channels - lane;
    const auto valid = static_cast<__mmask8>(rest >= kLanes ? 0xff : (1 << rest) - 1);
    for (int64_t pixel = 0; pixel < row.pixels; ++pixel) {
      __m512i acc = start;
      for (int32_t pass = 0; pass < row.passes; ++pass) {
        const int32_t* sums = static_cast<const int32_t*>(row.sums[pass]) + pixel * row.lanes + lane;
        const __m512i sum = _mm512_cvtepi32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums)));
        acc = _mm512_add_epi64(acc, _mm512_mul_epi32(sum, _mm512_set1_epi64(row.factor[pass])));
      }
      const __m512i value = RequantizeLong512(requantizer, limits, acc);
      uint8_t* to = row.out + pixel * row.out_step;
      if (row.wide_output) {
        _mm512_mask_cvtepi64_storeu_epi16(to + 2 * lane, valid, value);
      } else {
        _mm512_mask_cvtepi64_storeu_epi8(to + lane, valid, value);
      }
    }
  }
}

}  // namespace lockstep::kernels
