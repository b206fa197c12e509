// A table for each channel, of bytes, as the kernels of an instruction set see it.
#pragma once

#include "ops/common/elements.h"

namespace lockstep::kernels {

struct ChannelRows {
  const uint8_t* tables;  // of 256 bytes, one behind the other
  const uint8_t* from;
  int64_t from_step;  // bytes from one pixel to the next
  uint8_t* to;
  int64_t to_step;
  int64_t pixels;
  int64_t channels;
};

// Whole pixels: those that begin within the range.
inline ChannelRows ChannelRowsOf(const LayerArgs& args, int64_t begin, int64_t end) {
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const int64_t channels = RowLength(y);
  const ElementRange range = ElementsOf(y, begin, end);
  const int64_t first = (range.first + channels - 1) / channels;
  const int64_t last = (range.last + channels - 1) / channels;
  return {args.layer->options_as_ChannelLookup()->table()->data(),
          x.data + first * x.pitch,
          x.pitch,
          y.data + first * y.pitch,
          y.pitch,
          last - first,
          channels};
}

void LookUpChannels512(const ChannelRows& rows);

}  // namespace lockstep::kernels
