#include "random_count.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iomanip>
#include <limits>
#include <sstream>

namespace lockstep::test {

uint32_t RandomGraphCount(uint32_t usual) {
  const char* wanted = std::getenv("LOCKSTEP_RANDOM_GRAPHS");
  return wanted == nullptr ? usual : static_cast<uint32_t>(std::strtoul(wanted, nullptr, 10));
}

std::string DifferenceOf(const engine::FloatTensor& values, const engine::FloatTensor& expected) {
  if (values.shape != expected.shape || values.data.size() != expected.data.size()) {
    return "shape " + graph::ToString(values.shape) + " instead of " + graph::ToString(expected.shape);
  }
  const auto [low, high] = std::minmax_element(expected.data.begin(), expected.data.end());
  // No order of additions is more exact than some units in the last place, of what was added: mostly some ones.
  constexpr float kRounding = 8.0F * std::numeric_limits<float>::epsilon();
  const float magnitude = std::max({std::abs(*low), std::abs(*high), 1.0F});
  const float bound = std::max(1e-4F * std::max(*high - *low, 1e-3F), kRounding * magnitude);
  for (size_t i = 0; i < expected.data.size(); ++i) {
    if (std::abs(values.data[i] - expected.data[i]) <= bound) continue;
    std::ostringstream text;
    text << std::setprecision(9) << "element " << i << " of " << expected.data.size() << ": " << values.data[i]
         << " instead of " << expected.data[i] << ", range " << *low << " to " << *high << ", bound " << bound;
    return text.str();
  }
  return {};
}

}  // namespace lockstep::test
