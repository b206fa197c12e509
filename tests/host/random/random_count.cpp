#include "random_count.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

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
  const float bound = 1e-4F * std::max(*high - *low, 1e-3F);
  for (size_t i = 0; i < expected.data.size(); ++i) {
    if (std::abs(values.data[i] - expected.data[i]) <= bound) continue;
    return "element " + std::to_string(i) + " of " + std::to_string(expected.data.size()) + ": " +
           std::to_string(values.data[i]) + " instead of " + std::to_string(expected.data[i]) + ", range " +
           std::to_string(*low) + " to " + std::to_string(*high);
  }
  return {};
}

}  // namespace lockstep::test
