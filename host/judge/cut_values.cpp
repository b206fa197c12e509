#include "judge/cut_values.h"

#include <algorithm>

#include "quantize/affine.h"
#include "quantize/channel_runs.h"

namespace lockstep::judge {

std::vector<float> CutToLevels(const quantize::TensorFormat& levels, const graph::Shape& shape,
                               std::vector<float> values) {
  quantize::ForEachChannelRun(shape, levels, [&](size_t first, size_t count, size_t channel) {
    const quantize::Range range = quantize::RangeOf(levels.channel(channel));
    for (size_t i = first; i < first + count; ++i) {
      values[i] = static_cast<float>(std::clamp(static_cast<double>(values[i]), range.low, range.high));
    }
  });
  return values;
}

}  // namespace lockstep::judge
