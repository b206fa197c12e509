// vpdpbusd takes u8 activations and s8 weights as they are: a quad of one pixel, broadcast, against 16 channels. A tile
// holds its accumulators in registers; with four blocks of channels by six pixels ten loads feed 24 multiplications.
//
// Only this file is compiled for AVX-512. It must not use inline functions with external linkage: the linker might keep
// its copy of one for a CPU without these instructions.
#include <immintrin.h>

#include <cstring>

#include "arithmetic/requantize_avx512.h"
#include "gemm/conv_driver.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table.h"
#include "ops/common/byte_table_avx512.h"

namespace lockstep::kernels {
namespace {

constexpr int kMaxBlocks = 4;  // of 16 channels, in a tile

struct RowConstants {
  const ConvRow* row;
  OutputLimits limits;
  bool high_words;
  Requantizer512 requantizers[kMaxBlocks];
};

__m512i LoadS32(const int32_t* from) { return _mm512_loadu_si512(from); }

// acc plus dot products of four u8 and four s8. As an instruction of its own because gcc 12 surrounds the intrinsic
// with copies of the accumulator.
[[gnu::always_inline]] inline __m512i DotProduct(__m512i acc, __m512i x, __m512i w) {
  __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(x), "v"(w));
  return acc;
}

template <int kPixels, int kBlocks>
struct Accumulators {
  __m512i value[kPixels][kBlocks];
};

template <int kPixels, int kBlocks>
[[gnu::always_inline]] inline void Accumulate(const ConvRow& row, int32_t block, int64_t offset,
                                              Accumulators<kPixels, kBlocks>& acc) {
  constexpr int kPointers =
      (kPixels + 2) / 3;  // three pixels to a pointer: its multiples 1, 2 of the step are in the address
  const int64_t step = row.pixel_step;
  const int64_t block_step = int64_t{row.segment_count} * row.quads * kQuadBytes;
  const int8_t* w = row.weights + block * block_step;
  for (int32_t segment = 0; segment < row.segment_count; ++segment) {
    const uint8_t* x[kPointers];
    Unroll<kPointers>([&](auto i) { x[i] = row.segments[segment] + offset + 3 * i * step; });
    for (int32_t quad = row.quads; quad != 0; --quad) {
      __m512i weights[kBlocks];
      Unroll<kBlocks>([&](auto b) { weights[b] = _mm512_loadu_si512(w + b * block_step); });
      Unroll<kPixels>([&](auto p) {
        int32_t bytes;
        std::memcpy(&bytes, x[p / 3] + p % 3 * step, sizeof bytes);
        const __m512i value = _mm512_set1_epi32(bytes);
        Unroll<kBlocks>([&](auto b) { acc.value[p][b] = DotProduct(acc.value[p][b], value, weights[b]); });
      });
      w += kQuadBytes;
      Unroll<kPointers>([&](auto i) { x[i] += 4; });
    }
  }
}

// What of a block's channels there is.
__mmask16 ChannelsOf(const ConvRow& row, int64_t channel) {
  const int64_t rest = row.channels - channel;
  return static_cast<__mmask16>(rest >= kBlockChannels ? 0xffff : (1 << rest) - 1);
}

// Outputs of two bytes, shifts that need more than high words, channels that are no whole blocks.
[[gnu::noinline]] void FinishAny(const RowConstants& constants, const int32_t* sums, int pixels, int blocks,
                                 int64_t channel, uint8_t* to) {
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
[[gnu::noinline]] void FinishBytes(const RowConstants& constants, const int32_t* sums, int pixels, uint8_t* to) {
  constexpr int kPixels = kBlocks < 3 ? kMaxBlocks / kBlocks : 1;
  const ConvRow& row = *constants.row;
  const Packer packer = MakePacker(row);
  const int64_t step = row.out_step;
  Requantizer512 requantizers[kBlocks];
  Unroll<kBlocks>([&](auto b) { requantizers[b] = constants.requantizers[b]; });
  const auto finish = [&](auto look_up) {
    for (int left = pixels; left > 0; left -= kPixels) {
      __m512i values[kMaxBlocks];
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

template <int kPixels, int kBlocks>
void Tile(const RowConstants& constants, int32_t block, int64_t pixel) {
  const ConvRow& row = *constants.row;
  Accumulators<kPixels, kBlocks> acc;
  Unroll<kBlocks>([&](auto b) {
    const __m512i start = LoadS32(row.constants[block + b].acc_init);
    Unroll<kPixels>([&](auto p) { acc.value[p][b] = start; });
  });
  Accumulate(row, block, pixel * row.pixel_step, acc);
  // Through memory, so that what follows is there once and not for every size of tiles.
  constexpr int kVectors = (kPixels * kBlocks + kMaxBlocks - 1) / kMaxBlocks * kMaxBlocks;
  alignas(64) int32_t own[kVectors * kBlockChannels];
  const bool finish = row.sums == nullptr;
  int32_t* sums =
      finish ? own : static_cast<int32_t*>(row.sums) + (pixel * row.blocks + block) * int64_t{kBlockChannels};
  const int64_t step = int64_t{finish ? kBlocks : row.blocks} * kBlockChannels;
  Unroll<kPixels>([&](auto p) {
    Unroll<kBlocks>([&](auto b) { _mm512_storeu_si512(sums + p * step + b * kBlockChannels, acc.value[p][b]); });
  });
  if (!finish) return;
  const int64_t channel = int64_t{block} * kBlockChannels;
  uint8_t* to = row.out + pixel * row.out_step;
  if (constants.high_words && !row.wide_output && row.channels - channel >= kBlocks * kBlockChannels) {
    FinishBytes<kBlocks>(constants, own, kPixels, to + channel);
  } else {
    FinishAny(constants, own, kPixels, kBlocks, channel, to);
  }
}

// The next smaller tile for what a row leaves over: 12, 8, 4, 2, 1 or 6, 4, 2, 1.
constexpr int SmallerTile(int pixels) { return pixels > 4 ? (pixels - 1) / 4 * 4 : pixels / 2; }

// All pixels of the row in tiles of kPixels, the rest in smaller ones.
template <int kPixels, int kBlocks>
void Tiles(const RowConstants& constants, int32_t block, int64_t pixel) {
  for (; pixel + kPixels <= constants.row->pixels; pixel += kPixels) Tile<kPixels, kBlocks>(constants, block, pixel);
  if constexpr (kPixels > 1) {
    if (pixel < constants.row->pixels) Tiles<SmallerTile(kPixels), kBlocks>(constants, block, pixel);
  }
}

// Blocks in fours; a single last block would have too few accumulators to hide the latency, so five are three and two.
int32_t NextBlocks(int32_t left) {
  if (left == 5) return 3;
  return left < kMaxBlocks ? left : kMaxBlocks;
}

void RunRow(const ConvRow& row) {
  RowConstants constants;
  constants.row = &row;
  constants.limits = {row.zero_point, row.low, row.high};
  constants.high_words = HighWordsDo(row.zero_point, row.min_shift, row.max_shift);
  for (int32_t block = 0; block < row.blocks;) {
    const int32_t blocks = NextBlocks(row.blocks - block);
    for (int32_t b = 0; b < blocks; ++b) {
      const ConvBlock& channels = row.constants[block + b];
      constants.requantizers[b] = MakeRequantizer512(LoadS32(channels.multiplier), LoadS32(channels.shift),
                                                     row.zero_point, constants.high_words);
    }
    switch (blocks) {
      case 1:
        Tiles<12, 1>(constants, block, 0);
        break;
      case 2:
        Tiles<12, 2>(constants, block, 0);
        break;
      case 3:
        Tiles<8, 3>(constants, block, 0);
        break;
      default:
        Tiles<6, 4>(constants, block, 0);
        break;
    }
    block += blocks;
  }
}

void ApplyTable64(const uint8_t* entries, const Stretches<uint8_t>& y) {
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

// Eight lanes of 64 bits: the accumulator's upper 31 bits and its lower 24 are multiplied apart, as RequantizeLong
// does.
void FinishSums8(const SumsRow& row) {
  constexpr int kLanes = 8;
  constexpr int kLowBits = 24;
  const __m512i low_bits = _mm512_set1_epi64((1 << kLowBits) - 1);
  const __m512i one = _mm512_set1_epi64(1);
  const __m512i zero_point = _mm512_set1_epi64(row.zero_point);
  const __m512i low = _mm512_set1_epi64(row.low);
  const __m512i high = _mm512_set1_epi64(row.high);
  for (int64_t lane = 0; lane < row.channels; lane += kLanes) {
    const __m512i start = _mm512_loadu_si512(row.start + lane);
    const __m512i multiplier = _mm512_loadu_si512(row.multiplier + lane);
    const __m512i shift = _mm512_add_epi64(_mm512_loadu_si512(row.shift + lane), _mm512_set1_epi64(31 - kLowBits));
    const __m512i rounding = _mm512_sllv_epi64(one, _mm512_sub_epi64(shift, one));
    const int64_t rest = row.channels - lane;
    const auto valid = static_cast<__mmask8>(rest >= kLanes ? 0xff : (1 << rest) - 1);
    for (int64_t pixel = 0; pixel < row.pixels; ++pixel) {
      __m512i acc = start;
      for (int32_t pass = 0; pass < row.passes; ++pass) {
        const int32_t* sums = static_cast<const int32_t*>(row.sums[pass]) + pixel * row.lanes + lane;
        const __m512i sum = _mm512_cvtepi32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums)));
        acc = _mm512_add_epi64(acc, _mm512_mul_epi32(sum, _mm512_set1_epi64(row.factor[pass])));
      }
      const __m512i lower = _mm512_srli_epi64(_mm512_mul_epi32(_mm512_and_si512(acc, low_bits), multiplier), kLowBits);
      const __m512i upper = _mm512_mul_epi32(_mm512_srai_epi64(acc, kLowBits), multiplier);
      __m512i value = _mm512_srav_epi64(_mm512_add_epi64(_mm512_add_epi64(upper, lower), rounding), shift);
      value = _mm512_min_epi64(_mm512_max_epi64(_mm512_add_epi64(value, zero_point), low), high);
      uint8_t* to = row.out + pixel * row.out_step;
      if (row.wide_output) {
        _mm512_mask_cvtepi64_storeu_epi16(to + 2 * lane, valid, value);
      } else {
        _mm512_mask_cvtepi64_storeu_epi8(to + lane, valid, value);
      }
    }
  }
}

}  // namespace

const ConvVariant row_u8s8_avx512vnni{false, RunRow, ApplyTable64, FinishSums8, true};

}  // namespace lockstep::kernels
