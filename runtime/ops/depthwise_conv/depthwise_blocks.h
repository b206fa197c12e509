// A depthwise convolution's constants and weights by blocks of channels, for sums of (x - 128) * w.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

inline constexpr int kDepthwiseBlock = 16;
inline constexpr int kDepthwiseLanes = 8;
inline constexpr int kMostDepthwiseTaps = 128;  // of a window that DepthwiseTiles has memory for

// Constants of 16 neighbouring channels. The last block's end with the layer's, so that it may have channels of the one
// before it too; of less than 16 channels in all the others are zero. Weights lie behind all blocks,
// [block][tap][16], and behind them a pixel of zero points.
struct alignas(64) DepthwiseBlock {
  int32_t start[kDepthwiseBlock];
  int32_t multiplier[kDepthwiseBlock];
  int32_t left_shift[kDepthwiseBlock];  // the negated shifts
  int32_t first;                        // channel
  bool short_shifts;                    // all shifts are at least 1
};

[[gnu::always_inline]] inline int64_t DepthwiseBlocks(int64_t channels) {
  return (channels + kDepthwiseBlock - 1) / kDepthwiseBlock;
}

// The pixel of zero points, in what a layer with a window of so many taps has of the session.
[[gnu::always_inline]] inline const uint8_t* DepthwisePadding(const uint8_t* state, int64_t channels, int64_t taps) {
  return state + DepthwiseBlocks(channels) * (int64_t{sizeof(DepthwiseBlock)} + taps * kDepthwiseBlock);
}

// Behind it windows of 3x3 have their weights once more for dot products: [block][kx][16][ky], with zeros for a fourth
// ky, and zeros before all, so that a byte before them lie those of a row further down, with zeros for the first.
inline constexpr int kDepthwiseColumnBytes = 3 * kDepthwiseBlock * 4;

[[gnu::always_inline]] inline const int8_t* DepthwiseColumns(const uint8_t* state, int64_t channels) {
  const uint8_t* padding = DepthwisePadding(state, channels, 9);
  return reinterpret_cast<const int8_t*>(padding + (DepthwiseBlocks(channels) + 1) * kDepthwiseBlock);
}

// Constants of 8 neighbouring channels, for sums of x * w, or of (x - 32768) * w where x has 16 bits; otherwise as
// above. Weights lie behind all blocks, [block][pair of taps][16]: those of a tap and the next, with MSA channel by
// channel. A last tap without a next has zeros.
struct alignas(16) DepthwiseLanesBlock {
  int32_t start[kDepthwiseLanes];
  int32_t multiplier[kDepthwiseLanes];
  int32_t shift[kDepthwiseLanes];
  int32_t first;
  bool short_shifts;
};

inline int64_t DepthwiseLanesBlocks(int64_t channels) { return (channels + kDepthwiseLanes - 1) / kDepthwiseLanes; }

}  // namespace lockstep::kernels
