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
  // What is not finite agrees with itself alone; it would make the range, and with it the bound, infinite.
  float low = std::numeric_limits<float>::infinity();
  float high = -low;
  for (const float value : expected.data) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  // No order of additions is more exact than some units in the last place, of what was added: mostly some ones.
  constexpr float kRounding = 8.0F * std::numeric_limits<float>::epsilon();
  const float magnitude = low <= high ? std::max({std::abs(low), std::abs(high), 1.0F}) : 1.0F;
  const float bound = std::max(1e-4F * std::max(high - low, 1e-3F), kRounding * magnitude);
  for (size_t i = 0; i < expected.data.size(); ++i) {
    const float value = values.data[i];
    const float wanted = expected.data[i];
    if (value == wanted || (std::isnan(value) && std::isnan(wanted))) continue;
    if (std::isfinite(wanted) && std::abs(value - wanted) <= bound) continue;
    std::ostringstream text;
    text << std::setprecision(9) << "element " << i << " of " << expected.data.size() << ": " << value << " instead of "
         << wanted << ", range " << low << " to " << high << ", bound " << bound;
    return text.str();
  }
  return {};
}

}  // namespace lockstep::test
