// The levels of a tensor that has a scale for each channel and one zero point for all.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "quantize/observers/tensor_statistics.h"
#include "quantize/tensor_format.h"

namespace lockstep::quantize {

struct ChannelLevels {
  int32_t zero_point = 0;
  std::vector<double> scales;  // float32, as the joint model stores them
};

// Channel c spans ranges[c], widened to contain 0: with the zero point z its scale is max(high / (top - z), -low / z),
// `top` the last level of `common`'s bits. z makes the sum over the channels of (scale / (high - low))^2 least, each
// channel's rounding error as a share of its own range; `zero_point` says it beforehand. A channel of nothing but 0
// has the scale of `common`, the levels that all channels have together, for nothing is known of it; no other has a
// range of less than one step of that.
ChannelLevels ChooseChannelLevels(const std::vector<Range>& ranges, const AffineParams& common,
                                  std::optional<int32_t> zero_point = std::nullopt);

// How many bits finer they are than `common`'s, on the average over the channels.
double BitsGained(const ChannelLevels& levels, const AffineParams& common);

// All values of f within the range, at the resolution of 1024 steps.
Range ImageOf(const Range& range, const std::function<double(double)>& f);

// What of the range f tells apart, widened to contain 0: what lies beyond an end has values of f within `tolerance` of
// that at the end.
Range VisibleRange(const Range& range, const std::function<double(double)>& f, double tolerance);

}  // namespace lockstep::quantize
