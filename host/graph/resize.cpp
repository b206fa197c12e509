#include "graph/resize.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lockstep::graph {
namespace {

// All of this is float32, step by step as ONNX Runtime does it: whether a coordinate reaches the next element hangs on
// the last bit.
float SourceCoordinate(const std::string& mode, float index, float scale, float from, float to) {
  if (mode == "asymmetric") return index / scale;
  if (mode == "align_corners") return to == 1.0F ? 0.0F : index * (from - 1.0F) / (to - 1.0F);
  if (mode == "pytorch_half_pixel" && to <= 1.0F) return 0.0F;
  return (index + 0.5F) / scale - 0.5F;
}

float Nearest(const std::string& mode, float x) {
  if (mode == "floor") return std::floor(x);
  if (mode == "ceil") return std::ceil(x);
  const bool half = x - std::floor(x) == 0.5F;
  return half && mode == "round_prefer_floor" ? std::floor(x) : std::round(x);
}

// The scales as they are given, of the sizes where they are not.
std::vector<float> Scales(const Graph& graph, const Node& resize, const Shape& from, const Shape& to) {
  std::vector<float> scales(from.size());
  for (size_t i = 0; i < scales.size(); ++i) scales[i] = static_cast<float>(to[i]) / static_cast<float>(from[i]);
  if (resize.inputs.size() < 3 || resize.inputs[2] == kNoTensor) return scales;
  const auto& constant = graph.tensor(resize.inputs[2]).constant;
  if (!constant || constant->floats.empty()) return scales;
  const std::vector<int64_t> axes = resize.Ints("axes", {});
  if (axes.empty()) return constant->floats;
  scales.assign(from.size(), 1.0F);
  for (size_t i = 0; i < axes.size(); ++i) {
    scales[static_cast<size_t>(axes[i] < 0 ? axes[i] + static_cast<int64_t>(from.size()) : axes[i])] =
        constant->floats.at(i);
  }
  return scales;
}

template <size_t kCount>
bool IsOneOf(const std::string& mode, const std::array<const char*, kCount>& known) {
  return std::any_of(known.begin(), known.end(), [&mode](const char* one) { return mode == one; });
}

std::string Coordinates(const Node& resize) { return resize.String("coordinate_transformation_mode", "half_pixel"); }

std::string Rounding(const Node& resize) { return resize.String("nearest_mode", "round_prefer_floor"); }

}  // namespace

std::string UnsupportedResize(const Node& resize) {
  static constexpr std::array kCoordinates = {"asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners"};
  static constexpr std::array kRoundings = {"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"};
  const std::string mode = resize.String("mode", "nearest");
  if (mode != "nearest") return "mode '" + mode + "' is not supported, only 'nearest'";
  if (!IsOneOf(Coordinates(resize), kCoordinates)) {
    return "coordinate_transformation_mode '" + Coordinates(resize) + "' is not supported";
  }
  if (!IsOneOf(Rounding(resize), kRoundings)) return "nearest_mode '" + Rounding(resize) + "' is not supported";
  return {};
}

std::vector<std::vector<int64_t>> NearestSources(const Graph& graph, const Node& resize) {
  const Shape& from = graph.tensor(resize.inputs[0]).shape;
  const Shape& to = graph.tensor(resize.outputs[0]).shape;
  const std::vector<float> scales = Scales(graph, resize, from, to);
  std::vector<std::vector<int64_t>> sources;
  for (size_t axis = 0; axis < from.size(); ++axis) {
    std::vector<int64_t> source;
    for (int64_t index = 0; index < to[axis]; ++index) {
      const float x = SourceCoordinate(Coordinates(resize), static_cast<float>(index), scales[axis],
                                       static_cast<float>(from[axis]), static_cast<float>(to[axis]));
      const auto nearest = static_cast<int64_t>(Nearest(Rounding(resize), x));
      // A scale of 1 takes every element as it is, whatever the modes make of it.
      source.push_back(std::clamp<int64_t>(scales[axis] == 1.0F ? index : nearest, 0, from[axis] - 1));
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace lockstep::graph
