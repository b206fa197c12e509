// The float convolution's geometry, shared by its prepare step and its kernels.
//
// Weights are packed O16: [group][block of 16 output channels][kh][kw][ic of the group][16], missing channels zero.
#pragma once

#include "ops/operator.h"

namespace lockstep::kernels {

inline constexpr int kFloatBlockChannels = 16;

struct FloatConvGeometry {
  int64_t in_h, in_w, in_c;
  int64_t out_h, out_w, out_c;
  int64_t kernel_h, kernel_w;
  int64_t groups, group_in, group_out;  // channels of one group
  int64_t blocks;                       // of 16 output channels, in one group
  int64_t row_pixels;                   // of a padded input row that a row of outputs reads
  bool padded;                          // rows lie in scratch with their padding, else input rows are read in place
  int64_t in_step;                      // floats from one pixel of the input to the next
  int64_t row_step;                     // of the rows that are read, wherever they lie
  int64_t out_step;
};

// The taps of an output pixel: rows with their padding, and the steps from tap to tap.
struct FloatTaps {
  const float* const* rows;  // first pixel that output pixel 0 reads, first channel of the group
  int64_t kernel_h, kernel_w;
  int64_t column_step;  // floats from one kx to the next
  int64_t pixel_step;   // floats from one output pixel to the next
  int64_t channels;     // of the group's input
};

// Up to `tile` channels of a group, `count` of them, along a row of output pixels.
using FloatRow = void(const FloatTaps& taps, int64_t pixels, const float* w, const float* bias, int64_t count, float* y,
                      int64_t out_step);

// Rows of outputs, in tiles of so many channels.
void RunFloatConv(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch, FloatRow* row, int64_t tile);

// One of each instruction set: compiled where LOCKSTEP_KERNELS_<SET> says so. A tile is kFloatBlockChannels.
FloatRow FloatRow512;

FloatConvGeometry DescribeFloatConv(const LayerArgs& args);
Prepared PrepareFloatConv(const LayerArgs& args);

}  // namespace lockstep::kernels
