#include "ops/common/requantize_column.h"

#include <cstring>

#include "arithmetic/requantize.h"

namespace lockstep::kernels {

void RequantizeColumn(const ChannelRequantization& channel, const int32_t* acc, int32_t count, uint8_t* to,
                      ptrdiff_t step) {
  const ChannelRequantization c = channel;
  const int32_t* const end = acc + count;
  if (c.shift >= kHighWordShift && !c.wide_output) {
    for (; acc != end; ++acc, to += step) {
      const int32_t value = c.zero_point + RequantizeHighWord(*acc, c.multiplier, c.shift);
      *to = static_cast<uint8_t>(Clamp32(value, c.low, c.high));
    }
    return;
  }
  for (; acc != end; ++acc, to += step) {
    const int32_t value = RequantizeClamped(*acc, c.multiplier, c.shift, c.zero_point, c.low, c.high);
    const auto wide = static_cast<uint16_t>(value);
    if (c.wide_output) {
      std::memcpy(to, &wide, sizeof wide);
    } else {
      *to = static_cast<uint8_t>(value);
    }
  }
}

}  // namespace lockstep::kernels
