// vpdpbusd takes u8 activations and s8 weights as they are: a quad of one pixel, broadcast, against 16 channels. A tile
// holds its accumulators in registers; with four blocks of channels by six pixels ten loads feed 24 multiplications.
//
// Only this file is compiled for AVX-512. It must not use inline functions with external linkage: the linker might keep
// its copy of one for a CPU without these instructions.
#include <immintrin.h>

#include <cstring>

#include "gemm/conv_driver.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table.h"

namespace lockstep::kernels {
namespace {

constexpr int kMaxBlocks = 4;  // of 16 channels, in a tile
constexpr __mmask16 kOddLanes = 0xaaaa;

// What turns 16 accumulators into output values. Even and odd lanes are multiplied apart, for a product has 64 bits.
struct Requantizer {
  __m512i even_multiplier, odd_multiplier;
  __m512i even_rounding, odd_rounding;
  __m512i even_shift, odd_shift;
};

struct RowConstants {
  const ConvRow* row;
  // Every shift is at least 1 and the zero point can ride on the rounding constant: the result fits 32 bits, and for
  // odd lanes the shift can stop with the result in the upper half, where it belongs.
  bool narrow;
  Requantizer requantizers[kMaxBlocks];
};

__m512i LoadS32(const int32_t* from) { return _mm512_loadu_si512(from); }

Requantizer MakeRequantizer(const ConvBlock& block, int32_t zero_point, bool narrow) {
  const __m512i one = _mm512_set1_epi64(1);
  const __m512i base = _mm512_set1_epi64(31);
  const __m512i shift = LoadS32(block.shift);
  const __m512i even = _mm512_srai_epi64(_mm512_slli_epi64(shift, 32), 32);
  const __m512i odd = _mm512_srai_epi64(shift, 32);
  Requantizer r;
  r.even_multiplier = LoadS32(block.multiplier);
  r.odd_multiplier = _mm512_srli_epi64(r.even_multiplier, 32);
  r.even_shift = _mm512_add_epi64(base, even);
  r.odd_shift = _mm512_add_epi64(base, odd);
  r.even_rounding = _mm512_sllv_epi64(one, _mm512_sub_epi64(r.even_shift, one));
  r.odd_rounding = _mm512_sllv_epi64(one, _mm512_sub_epi64(r.odd_shift, one));
  if (narrow) {
    const __m512i zero = _mm512_set1_epi64(zero_point);
    r.even_rounding = _mm512_add_epi64(r.even_rounding, _mm512_sllv_epi64(zero, r.even_shift));
    r.odd_rounding = _mm512_add_epi64(r.odd_rounding, _mm512_sllv_epi64(zero, r.odd_shift));
    r.odd_shift = _mm512_sub_epi64(r.odd_shift, _mm512_set1_epi64(32));
  }
  return r;
}

// zero_point + rq(acc); clamped already if it might not fit into 32 bits.
__m512i Requantize(const RowConstants& constants, const Requantizer& r, __m512i acc) {
  __m512i even = _mm512_mul_epi32(acc, r.even_multiplier);
  __m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(acc, 32), r.odd_multiplier);
  even = _mm512_srav_epi64(_mm512_add_epi64(even, r.even_rounding), r.even_shift);
  odd = _mm512_srav_epi64(_mm512_add_epi64(odd, r.odd_rounding), r.odd_shift);
  if (!constants.narrow) {
    const __m512i zero = _mm512_set1_epi64(constants.row->zero_point);
    const __m512i low = _mm512_set1_epi64(constants.row->low);
    const __m512i high = _mm512_set1_epi64(constants.row->high);
    even = _mm512_min_epi64(_mm512_max_epi64(_mm512_add_epi64(even, zero), low), high);
    odd = _mm512_min_epi64(_mm512_max_epi64(_mm512_add_epi64(odd, zero), low), high);
    odd = _mm512_slli_epi64(odd, 32);
  }
  return _mm512_mask_blend_epi32(kOddLanes, even, odd);
}

// 64 consecutive channels of one pixel, u8: packing saturates to 0..255, the layer's own limits follow bytewise.
void StorePacked(const ConvRow& row, const __m512i* values, uint8_t* to) {
  const __m512i low = _mm512_packs_epi32(values[0], values[1]);
  const __m512i high = _mm512_packs_epi32(values[2], values[3]);
  // Packing works within 128-bit lanes: dword i of the result belongs to values[i % 4], elements 4 * (i / 4) and on.
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  __m512i bytes = _mm512_permutexvar_epi32(order, _mm512_packus_epi16(low, high));
  bytes = _mm512_max_epu8(bytes, _mm512_set1_epi8(static_cast<char>(row.low)));
  bytes = _mm512_min_epu8(bytes, _mm512_set1_epi8(static_cast<char>(row.high)));
  _mm512_storeu_si512(to, bytes);
}

void StoreBlock(const ConvRow& row, __m512i value, int64_t channel, uint8_t* pixel) {
  value = _mm512_max_epi32(value, _mm512_set1_epi32(row.low));
  value = _mm512_min_epi32(value, _mm512_set1_epi32(row.high));
  const int64_t rest = row.channels - channel;
  if (rest >= kBlockChannels) {  // masked stores are slow
    if (row.wide_output) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(pixel + 2 * channel), _mm512_cvtepi32_epi16(value));
    } else {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(pixel + channel), _mm512_cvtepi32_epi8(value));
    }
    return;
  }
  const auto valid = static_cast<__mmask16>((1 << rest) - 1);
  if (row.wide_output) {
    _mm256_mask_storeu_epi16(pixel + 2 * channel, valid, _mm512_cvtepi32_epi16(value));
  } else {
    _mm_mask_storeu_epi8(pixel + channel, valid, _mm512_cvtepi32_epi8(value));
  }
}

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

template <int kPixels, int kBlocks>
void Tile(const RowConstants& constants, int32_t block, int64_t pixel) {
  const ConvRow& row = *constants.row;
  Accumulators<kPixels, kBlocks> acc;
  Unroll<kBlocks>([&](auto b) {
    const __m512i start = LoadS32(row.constants[block + b].acc_init);
    Unroll<kPixels>([&](auto p) { acc.value[p][b] = start; });
  });
  Accumulate(row, block, pixel * row.pixel_step, acc);
  if (row.sums != nullptr) {
    auto* sums = static_cast<int32_t*>(row.sums) + (pixel * row.blocks + block) * kBlockChannels;
    Unroll<kPixels>([&](auto p) {
      Unroll<kBlocks>(
          [&](auto b) { _mm512_storeu_si512(sums + (int64_t{p} * row.blocks + b) * kBlockChannels, acc.value[p][b]); });
    });
    return;
  }
  const int32_t channel = block * kBlockChannels;
  const bool packed = kBlocks == kMaxBlocks && !row.wide_output && row.channels - channel >= kBlocks * kBlockChannels;
  Unroll<kPixels>([&](auto p) {
    uint8_t* to = row.out + (pixel + p) * row.out_step;
    __m512i values[kMaxBlocks];
    Unroll<kBlocks>([&](auto b) { values[b] = Requantize(constants, constants.requantizers[b], acc.value[p][b]); });
    if (packed) {
      StorePacked(row, values, to + channel);
    } else {
      Unroll<kBlocks>([&](auto b) { StoreBlock(row, values[b], channel + b * kBlockChannels, to); });
    }
  });
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
  constants.narrow = row.min_shift >= 1 && (int64_t{row.zero_point} << row.max_shift) < (int64_t{1} << 31);
  for (int32_t block = 0; block < row.blocks;) {
    const int32_t blocks = NextBlocks(row.blocks - block);
    for (int32_t b = 0; b < blocks; ++b) {
      constants.requantizers[b] = MakeRequantizer(row.constants[block + b], row.zero_point, constants.narrow);
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

// The table as four registers: two permutations over 128 entries each, and bit 7 of the index chooses.
void ApplyTable64(const uint8_t* table, const Stretches<uint8_t>& y) {
  const __m512i t0 = _mm512_loadu_si512(table);
  const __m512i t1 = _mm512_loadu_si512(table + 64);
  const __m512i t2 = _mm512_loadu_si512(table + 128);
  const __m512i t3 = _mm512_loadu_si512(table + 192);
  const auto look_up = [&](__m512i index) {
    const __m512i low = _mm512_permutex2var_epi8(t0, index, t1);
    const __m512i high = _mm512_permutex2var_epi8(t2, index, t3);
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high);
  };
  const int64_t whole = y.length / 64 * 64;
  const __mmask64 rest = (__mmask64{1} << (y.length - whole)) - 1;
  for (int64_t stretch = 0; stretch < y.count; ++stretch) {
    uint8_t* data = y.data + stretch * y.step;
    for (const uint8_t* end = data + whole; data != end; data += 64) {
      _mm512_storeu_si512(data, look_up(_mm512_loadu_si512(data)));
    }
    _mm512_mask_storeu_epi8(data, rest, look_up(_mm512_maskz_loadu_epi8(rest, data)));
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

const ConvVariant row_u8s8_avx512vnni{false, RunRow, ApplyTable64, FinishSums8};

}  // namespace lockstep::kernels
