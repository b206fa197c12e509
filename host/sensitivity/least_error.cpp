#include "sensitivity/least_error.h"

#include <algorithm>
#include <limits>

namespace lockstep::sensitivity {

std::vector<size_t> LeastError(const std::vector<std::vector<Way>>& things, int64_t most) {
  constexpr int64_t kUnits = 1024;
  const int64_t unit = std::max<int64_t>(1, most / kUnits);
  const auto units = static_cast<size_t>(std::max<int64_t>(0, most) / unit);
  const auto cost = [&](const Way& way) { return static_cast<size_t>((way.bytes + unit - 1) / unit); };

  std::vector<double> least(units + 1, 0.0);  // by units that may be spent, of the things so far
  std::vector<std::vector<uint8_t>> taken(things.size(), std::vector<uint8_t>(units + 1, 0));
  for (size_t thing = 0; thing < things.size(); ++thing) {
    std::vector<double> with(units + 1, std::numeric_limits<double>::infinity());
    for (size_t i = 0; i < things[thing].size(); ++i) {
      const size_t spent = cost(things[thing][i]);
      for (size_t most_units = spent; most_units <= units; ++most_units) {
        const double error = least[most_units - spent] + things[thing][i].error;
        if (error >= with[most_units]) continue;
        with[most_units] = error;
        taken[thing][most_units] = static_cast<uint8_t>(i);
      }
    }
    least = std::move(with);
  }
  std::vector<size_t> chosen(things.size(), 0);
  size_t left = units;
  for (size_t thing = things.size(); thing-- > 0;) {
    chosen[thing] = taken[thing][left];
    left -= cost(things[thing][chosen[thing]]);
  }
  return chosen;
}

}  // namespace lockstep::sensitivity
