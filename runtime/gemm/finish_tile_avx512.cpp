// Compiled for AVX-512: it must not use inline functions with external linkage.
#include "gemm/finish_tile_avx512.h"

namespace lockstep::kernels {
namespace {

// Outputs of two bytes, shifts that need more than high words.
void FinishAny(const RowConstants512& constants, const int32_t* sums, int pixels, int blocks, uint8_t* to) {
  const ConvRow& row = *constants.row;
  const __m512i low = _mm512_set1_epi32(row.low);
  const __m512i high = _mm512_set1_epi32(row.high);
  for (int pixel = 0; pixel < pixels; ++pixel, to += row.out_step) {
    for (int b = 0; b < blocks; ++b, sums += kBlockChannels) {
      const int64_t at = b * kBlockChannels;
      const auto valid = static_cast<__mmask16>(constants.valid >> at);
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
      _mm_mask_storeu_epi8(to + at, valid, bytes);
    }
  }
}

// The accumulators of four blocks at a time, those of neighbouring pixels.
template <int kBlocks>
void FinishPixels(const RowConstants512& constants, const int32_t* sums, int pixels, uint8_t* to) {
  constexpr int kPixels = kPackPixels512<kBlocks>;
  const StorePlace512 place = {constants.valid, constants.row->out_step};
  for (int left = pixels; left > 0; left -= kPixels) {
    __m512i values[kMostBlocks512];
    Unroll<kPixels * kBlocks>([&](auto i) {
      values[i] =
          RequantizeHighWords512(constants.requantizers[i % kBlocks], _mm512_load_si512(sums + i * kBlockChannels));
    });
    if (kBlocks == 3) values[3] = values[2];
    __m512i bytes = Pack512(values[0], values[1], values[2], values[3]);
    FinishBytes512<1>(constants, &bytes);
    StorePixels512<kBlocks>(place, bytes, left, to);
    sums += kPixels * kBlocks * kBlockChannels;
    to += kPixels * place.step;
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
    CopySums(row, sums, place.pixels, place.blocks, place.pixel * row.blocks + constants.block);
    return;
  }
  uint8_t* to = constants.out + place.pixel * row.out_step;
  if (!constants.bytes) {
    FinishAny(constants, sums, place.pixels, place.blocks, to);
    return;
  }
  switch (place.blocks) {
    case 1:
      return FinishPixels<1>(constants, sums, place.pixels, to);
    case 2:
      return FinishPixels<2>(constants, sums, place.pixels, to);
    case 3:
      return FinishPixels<3>(constants, sums, place.pixels, to);
    default:
      return FinishPixels<4>(constants, sums, place.pixels, to);
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
