// Numbers of several pictures.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace lockstep::layerwise {

// A NaN among the numbers makes all three NaN. The infinity of a picture without an error, which only a metric has of
// which more is better, takes no part in a mean of others; any other makes the mean infinite.
struct Spread {
  double min = 0.0, mean = 0.0, max = 0.0;
};

template <typename Items, typename ValueOf>
std::optional<Spread> SpreadOf(const Items& items, const ValueOf& value_of, bool more_is_better) {
  std::optional<Spread> spread;
  double sum = 0.0;
  size_t counted = 0;
  for (const auto& item : items) {
    const std::optional<double> value = value_of(item);
    if (!value) continue;
    if (!spread) spread = Spread{*value, 0.0, *value};
    const bool broken = std::isnan(*value) || std::isnan(spread->min);
    spread->min = broken ? NAN : std::min(spread->min, *value);
    spread->max = broken ? NAN : std::max(spread->max, *value);
    if (more_is_better && std::isinf(*value) && *value > 0.0) continue;
    sum += *value;
    ++counted;
  }
  if (spread) spread->mean = counted != 0 ? sum / static_cast<double>(counted) : spread->min;
  return spread;
}

}  // namespace lockstep::layerwise
