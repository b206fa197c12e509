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

// What tiles end with. Bytes take shifts of at least 1; those of zero point 0 without limits are narrowed at once.
enum class TileEnd : int8_t { kBytes, kSums, kPlainBytes };

[[gnu::always_inline]] inline TileEnd EndOf(const ConvRow& row) {
  if (row.sums != nullptr || row.wide_output || row.min_shift < 1) return TileEnd::kSums;
  return row.zero_point == 0 && row.low == 0 && row.high == 255 ? TileEnd::kPlainBytes : TileEnd::kBytes;
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
};

}  // namespace lockstep::kernels
