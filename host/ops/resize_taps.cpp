#include "ops/resize_taps.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "graph/resize.h"
#include "ops/cubic.h"

namespace lockstep::ops {
namespace {

using graph::Node;

// What lies beyond an end is the element there, in whose place its weight goes.
void Append(Taps& taps, int64_t element, double weight) {
  if (!taps.elements.empty() && taps.elements.back() == element) {
    taps.weights.back() += weight;
    return;
  }
  taps.elements.push_back(element);
  taps.weights.push_back(weight);
}

Taps LinearTaps(float place, int64_t size) {
  Taps taps;
  const double clipped = std::clamp<double>(place, 0.0, static_cast<double>(size - 1));
  const auto low = static_cast<int64_t>(clipped);
  const double share = clipped - static_cast<double>(low);
  Append(taps, low, 1.0 - share);
  Append(taps, std::min(low + 1, size - 1), share);
  return taps;
}

Taps CubicTaps(const Node& node, float place, int64_t size) {
  Taps taps;
  const double first = std::floor(place);
  const std::array<double, 4> weights = CubicWeights(place - first, node.Float("cubic_coeff_a", -0.75F));
  const bool exclude = node.Int("exclude_outside", 0) != 0;
  double sum = 0.0;
  for (int64_t i = 0; i < 4; ++i) {
    const int64_t element = static_cast<int64_t>(first) - 1 + i;
    const int64_t within = std::clamp<int64_t>(element, 0, size - 1);
    if (exclude && element != within) continue;
    Append(taps, within, weights[static_cast<size_t>(i)]);
    sum += weights[static_cast<size_t>(i)];
  }
  for (double& weight : taps.weights) weight /= sum;
  return taps;
}

Taps TapsAt(const Node& node, float place, int64_t size) {
  constexpr float kFar = 1e9F;
  place = std::clamp(place, -kFar, kFar);
  const std::string mode = node.String("mode", "nearest");
  if (node.String("coordinate_transformation_mode", "") == "tf_crop_and_resize" &&
      (place < 0.0F || place > static_cast<float>(size - 1))) {
    return {};
  }
  if (mode == "nearest") return {{std::clamp<int64_t>(graph::NearestIndex(node, place), 0, size - 1)}, {1.0}};
  return mode == "linear" ? LinearTaps(place, size) : CubicTaps(node, place, size);
}

}  // namespace

std::vector<std::vector<Taps>> ResizeTaps(const graph::Graph& graph, const Node& resize) {
  const graph::Shape& from = graph.tensor(resize.inputs[0]).shape;
  std::vector<std::vector<Taps>> taps;
  for (const std::vector<float>& places : graph::ResizedPlaces(graph, resize)) {
    const int64_t size = from[taps.size()];
    std::vector<Taps>& axis = taps.emplace_back();
    for (const float place : places) axis.push_back(TapsAt(resize, place, size));
  }
  return taps;
}

}  // namespace lockstep::ops
