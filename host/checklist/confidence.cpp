#include "checklist/confidence.h"

#include <algorithm>
#include <cmath>

namespace lockstep::checklist {
namespace {

constexpr size_t kBest = 5;

// Values of channels that may be probabilities: all in 0..1, and not all the same.
void AddProbabilities(const engine::FloatTensor& output, std::vector<float>& found) {
  const size_t channels = output.shape.size() > 1 ? static_cast<size_t>(output.shape[1]) : 1;
  size_t inner = 1;
  for (size_t axis = 2; axis < output.shape.size(); ++axis) inner *= static_cast<size_t>(output.shape[axis]);
  if (channels * inner == 0 || output.data.empty()) return;
  for (size_t c = 0; c < channels; ++c) {
    const auto begin = output.data.begin() + static_cast<std::ptrdiff_t>(c * inner);
    const auto [low, high] = std::minmax_element(begin, begin + static_cast<std::ptrdiff_t>(inner));
    if (*low < 0.0F || *high > 1.0F || std::isnan(*low) || std::isnan(*high)) continue;
    found.insert(found.end(), begin, begin + static_cast<std::ptrdiff_t>(inner));
  }
}

double HighestAfterSoftmax(const std::vector<float>& values) {
  const double highest = static_cast<double>(*std::max_element(values.begin(), values.end()));
  double sum = 0.0;
  for (const float value : values) sum += std::exp(static_cast<double>(value) - highest);
  return 1.0 / sum;
}

bool IsOneRow(const engine::FloatTensor& output) {
  const auto longest = std::max_element(output.shape.begin(), output.shape.end());
  return longest != output.shape.end() && *longest > 1 && static_cast<size_t>(*longest) == output.data.size();
}

bool InUnitRange(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return value >= 0.0F && value <= 1.0F; });
}

}  // namespace

double ConfidenceOf(const Tensors& outputs) {
  double best = -1.0;
  for (const auto& [name, output] : outputs) {
    if (IsOneRow(output) && !InUnitRange(output.data)) {
      best = std::max(best, HighestAfterSoftmax(output.data));
      continue;
    }
    std::vector<float> probabilities;
    AddProbabilities(output, probabilities);
    if (probabilities.empty()) continue;
    // Of one row the highest is the answer; of many places several are.
    const size_t count = IsOneRow(output) ? 1 : std::min(kBest, probabilities.size());
    std::partial_sort(probabilities.begin(), probabilities.begin() + static_cast<std::ptrdiff_t>(count),
                      probabilities.end(), std::greater<>());
    double sum = 0.0;
    for (size_t i = 0; i < count; ++i) sum += static_cast<double>(probabilities[i]);
    best = std::max(best, sum / static_cast<double>(count));
  }
  return best;
}

}  // namespace lockstep::checklist
