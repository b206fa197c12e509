// What cores without a vector unit do with the sums of one channel: their constants stay in registers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep::kernels {

struct ChannelRequantization {
  int32_t multiplier, shift;
  int32_t zero_point, low, high;
  bool wide_output;  // u16
};

// Writes clamp(zero_point + rq(acc)) of `count` sums, `step` bytes apart.
void RequantizeColumn(const ChannelRequantization& channel, const int32_t* acc, int32_t count, uint8_t* to,
                      ptrdiff_t step);

}  // namespace lockstep::kernels
