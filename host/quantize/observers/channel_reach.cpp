#include "quantize/observers/channel_reach.h"

#include <algorithm>
#include <cmath>

namespace lockstep::quantize {
namespace {

double Deviation(double sum, double squares, int count) {
  return std::sqrt(std::max(0.0, squares - sum * sum / count) / (count - 1));
}

}  // namespace

void ChannelReach::Observe(const std::vector<Range>& extremes) {
  if (pictures_ == 0) extremes_ = extremes;
  sums_.resize(extremes.size());
  ++pictures_;
  for (size_t c = 0; c < extremes.size(); ++c) {
    const Range& now = extremes[c];
    extremes_[c] = {std::min(extremes_[c].low, now.low), std::max(extremes_[c].high, now.high)};
    Sums& sums = sums_[c];
    sums.low += now.low;
    sums.low_square += now.low * now.low;
    sums.high += now.high;
    sums.high_square += now.high * now.high;
  }
}

std::vector<Range> ChannelReach::Ranges() const {
  std::vector<Range> ranges;
  for (size_t c = 0; c < extremes_.size(); ++c) {
    Range range = extremes_[c];
    if (pictures_ == 1) {
      range = {std::min(range.low, 2.0 * range.low), std::max(range.high, 2.0 * range.high)};
    } else {
      const Sums& sums = sums_[c];
      const double low = sums.low / pictures_ - kDeviations * Deviation(sums.low, sums.low_square, pictures_);
      const double high = sums.high / pictures_ + kDeviations * Deviation(sums.high, sums.high_square, pictures_);
      range = {std::min(range.low, low), std::max(range.high, high)};
    }
    ranges.push_back(range);
  }
  return ranges;
}

}  // namespace lockstep::quantize
