// 64 pixels of 16 channels are transposed, so that each register has a channel's bytes, looked up, and transposed back.
// Of an image of few channels 64 bytes are looked up in every channel's table, and each keeps its own.
//
// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include "gemm/unroll.h"
#include "ops/channel_lookup/channel_rows.h"
#include "ops/common/byte_table_avx512.h"
#include "ops/common/transpose_parts_avx512.h"

namespace lockstep::kernels {
namespace {

constexpr int kSide = 16;  // channels, and pixels of a part of a register
constexpr int kPixels = 64;
constexpr int64_t kEntries = 256;
constexpr int kFew = 4;

// Up to 64 pixels, up to 16 channels.
void LookUpBlock(const ChannelRows& rows, const uint8_t* from, uint8_t* to, int64_t pixels, int64_t first) {
  const int64_t rest = rows.channels - first;
  const auto valid = static_cast<__mmask16>(rest >= kSide ? 0xffff : (1 << rest) - 1);
  alignas(64) uint8_t bytes[kSide][64];  // pixel 16 * part + i: part of vector i
  for (int64_t p = 0; p < pixels; ++p) {
    const __m128i line = _mm_maskz_loadu_epi8(valid, from + p * rows.from_step + first);
    _mm_store_si128(reinterpret_cast<__m128i*>(bytes[p % kSide] + p / kSide * kSide), line);
  }
  __m512i v[kSide];
  Unroll<kSide>([&](auto i) { v[i] = _mm512_load_si512(bytes[i]); });
  TransposeParts512<1>(v);
  const uint8_t* tables = rows.tables + first * kEntries;
  Unroll<kSide>([&](auto i) {
    if (i < rest) v[i] = LookUp512(LoadTable512(tables + i * kEntries), v[i]);
  });
  TransposeParts512<1>(v);
  Unroll<kSide>([&](auto i) { _mm512_store_si512(bytes[i], v[i]); });
  for (int64_t p = 0; p < pixels; ++p) {
    const __m128i line = _mm_load_si128(reinterpret_cast<const __m128i*>(bytes[p % kSide] + p / kSide * kSide));
    uint8_t* pixel = to + p * rows.to_step + first;
    if (valid == 0xffff) {  // masked stores are slow
      _mm_storeu_si128(reinterpret_cast<__m128i*>(pixel), line);
    } else {
      _mm_mask_storeu_epi8(pixel, valid, line);
    }
  }
}

// kFew channels or less, without gaps.
void LookUpFew(const ChannelRows& rows) {
  const auto channels = static_cast<int>(rows.channels);
  ByteTable512 tables[kFew];
  __mmask64 own[kFew] = {};  // the bytes of a channel, where the first byte is channel 0's
  for (int c = 0; c < channels; ++c) {
    tables[c] = LoadTable512(rows.tables + c * kEntries);
    for (int i = c; i < kPixels; i += channels) own[c] |= __mmask64{1} << i;
  }
  const int64_t length = rows.pixels * channels;
  const int step = kPixels / channels * channels;  // bytes of whole pixels
  for (int64_t i = 0; i < length; i += step) {
    const int64_t count = length - i < step ? length - i : step;
    const __mmask64 valid = count == kPixels ? ~__mmask64{0} : (__mmask64{1} << count) - 1;
    const __m512i x = _mm512_maskz_loadu_epi8(valid, rows.from + i);
    __m512i y = LookUp512(tables[0], x);
    for (int c = 1; c < channels; ++c) y = _mm512_mask_mov_epi8(y, own[c], LookUp512(tables[c], x));
    _mm512_mask_storeu_epi8(rows.to + i, valid, y);
  }
}

}  // namespace

void LookUpChannels512(const ChannelRows& rows) {
  if (rows.channels <= kFew && rows.from_step == rows.channels && rows.to_step == rows.channels) {
    return LookUpFew(rows);
  }
  for (int64_t pixel = 0; pixel < rows.pixels; pixel += kPixels) {
    const int64_t pixels = rows.pixels - pixel < kPixels ? rows.pixels - pixel : kPixels;
    for (int64_t first = 0; first < rows.channels; first += kSide) {
      LookUpBlock(rows, rows.from + pixel * rows.from_step, rows.to + pixel * rows.to_step, pixels, first);
    }
  }
}

}  // namespace lockstep::kernels
