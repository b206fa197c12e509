// What the tiles of all NEON variants have in common: each is a few pixels by a block's channels or a part of them, in
// assembler from the first product to the bytes.
#pragma once

#include "gemm/neon_store.h"

#if defined(__aarch64__)
// clang-format off
#define LOCKSTEP_ALL_VECTORS                                                                                        \
  "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14",    \
      "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", \
      "v31"
// clang-format on
#endif

namespace lockstep::kernels {

// What tiles end with. Bytes take shifts of at least 1; those of zero point 0 without limits are narrowed at once, and
// if no shift is far from the others to 16 bits before they are shifted.
enum class TileEnd : int8_t { kBytes, kSums, kPlainBytes, kNarrowBytes = 4 };

// A narrow product has lost so many bits, which a rounding shift by one more does not miss. What does not fit into 16
// bits then is beyond 0..255 behind a shift of up to 7.
constexpr int kNarrowedBits = 3;

[[gnu::always_inline]] inline TileEnd EndOf(const ConvRow& row, bool narrows) {
  if (row.sums != nullptr || row.wide_output || row.min_shift < 1) return TileEnd::kSums;
  if (row.zero_point != 0 || row.low != 0 || row.high != 255) return TileEnd::kBytes;
  constexpr int32_t kFewest = 16;  // pixels that are worth making constants for
  return narrows && row.pixels * row.rows >= kFewest && row.min_shift > kNarrowedBits &&
                 row.max_shift <= kNarrowedBits + 7
             ? TileEnd::kNarrowBytes
             : TileEnd::kPlainBytes;
}

// The negated shifts of a block or a half, each in 16 bits and without the narrowed ones, in their own place.
[[gnu::always_inline]] inline void NarrowShifts(int32_t (&left_shift)[kBlockChannels]) {
  const int32x4_t narrowed = vdupq_n_s32(kNarrowedBits);
  int16x4_t shift[kSumVectors];
  Unroll<kSumVectors>(
      [&](auto v) { shift[v] = vmovn_s32(vaddq_s32(vld1q_s32(left_shift + v * kSumLanes), narrowed)); });
  auto* const to = reinterpret_cast<int16_t*>(left_shift);
  Unroll<kSumVectors>([&](auto v) { vst1_s16(to + v * kSumLanes, shift[v]); });
}

// What a part of a block needs, in the form in which it is used: kChannels of it, with kSums values that the
// accumulators of a channel start from.
template <int kChannels, int kSums>
struct alignas(16) TileConstants {
  int32_t start[kSums * kChannels];
  int32_t multiplier[kChannels];
  int32_t left_shift[kChannels];
  int16_t zero_point[8];
  uint8_t floor[16];
  uint8_t ceiling[16];
};

// Where output pixels, of a row and of the rows behind it, lie within their segments.
struct PixelWalk {
  ptrdiff_t step, row_step;
  int32_t columns;
  ptrdiff_t offset = 0;
  ptrdiff_t row_offset = 0;
  int32_t column = 0;

  explicit PixelWalk(const ConvRow& row)
      : step(static_cast<ptrdiff_t>(row.pixel_step)),
        row_step(static_cast<ptrdiff_t>(row.row_step)),
        columns(row.pixels) {}

  [[gnu::always_inline]] void Next() {
    offset += step;
    if (++column < columns) return;
    column = 0;
    row_offset += row_step;
    offset = row_offset;
  }

  // How many of the next pixels are in this row, and so many further.
  [[gnu::always_inline]] int32_t InRow(int32_t pixels) const {
    return pixels < columns - column ? pixels : columns - column;
  }
  [[gnu::always_inline]] void Next(int32_t pixels) {
    column += pixels - 1;
    offset += (pixels - 1) * step;
    Next();
  }
};

}  // namespace lockstep::kernels
