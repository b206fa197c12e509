// Numbers of several pictures.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace lockstep::layerwise {

// A NaN among the numbers makes all three NaN. Infinities (of an SQNR: no error) take no part in a mean of others.
struct Spread {
  double min = 0.0, mean = 0.0, max = 0.0;
};

template <typename Items, typename ValueOf>
std::optional<Spread> SpreadOf(const Items& items, const ValueOf& value_of) {
  std::optional<Spread> spread;
  double sum = 0.0;
  size_t finite = 0;
  for (const auto& item : items) {
    const std::optional<double> value = value_of(item);
    if (!value) continue;
    if (!spread) spread = Spread{*value, 0.0, *value};
    const bool broken = std::isnan(*value) || std::isnan(spread->min);
    spread->min = broken ? NAN : std::min(spread->min, *value);
    spread->max = broken ? NAN : std::max(spread->max, *value);
    if (std::isinf(*value)) continue;
    sum += *value;
    ++finite;
  }
  if (spread) spread->mean = finite != 0 ? sum / static_cast<double>(finite) : spread->min;
  return spread;
}

}  // namespace lockstep::layerwise
