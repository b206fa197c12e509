// A table for each channel, of bytes, as the kernels of an instruction set see it.
#pragma once

#include <cstdint>

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

void LookUpChannels512(const ChannelRows& rows);

}  // namespace lockstep::kernels
