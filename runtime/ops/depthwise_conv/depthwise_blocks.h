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

inline int64_t DepthwiseBlocks(int64_t channels) { return (channels + kDepthwiseBlock - 1) / kDepthwiseBlock; }

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
