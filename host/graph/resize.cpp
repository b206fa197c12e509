#include "graph/resize.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lockstep::graph {
namespace {

// Of one axis.
struct Sizes {
  float from, to, scale;
  float first = 0.0F, last = 1.0F;  // the part that tf_crop_and_resize shows, of the whole
};

// All of this is float32, step by step as ONNX Runtime does it: whether a coordinate reaches the next element hangs on
// the last bit.
float SourceCoordinate(const std::string& mode, float index, const Sizes& size) {
  if (mode == "asymmetric") return index / size.scale;
  if (mode == "align_corners") return size.to == 1.0F ? 0.0F : index * (size.from - 1.0F) / (size.to - 1.0F);
  if (mode == "tf_half_pixel_for_nn") return (index + 0.5F) / size.scale;
  if (mode == "tf_crop_and_resize") {
    if (size.to == 1.0F) return 0.5F * (size.first + size.last) * (size.from - 1.0F);
    return size.first * (size.from - 1.0F) + index * (size.last - size.first) * (size.from - 1.0F) / (size.to - 1.0F);
  }
  if (mode == "pytorch_half_pixel" && size.to <= 1.0F) return 0.0F;
  const float place = (index + 0.5F) / size.scale - 0.5F;
  if (mode != "half_pixel_symmetric") return place;
  const float adjustment = size.to / (size.scale * size.from);
  return size.from / 2.0F * (1.0F - adjustment) + place;
}

float Nearest(const std::string& mode, float x) {
  if (mode == "floor") return std::floor(x);
  if (mode == "ceil") return std::ceil(x);
  const bool half = x - std::floor(x) == 0.5F;
  return half && mode == "round_prefer_floor" ? std::floor(x) : std::round(x);
}

const std::vector<float>* ConstantFloats(const Graph& graph, const Node& resize, size_t input) {
  if (resize.inputs.size() <= input || resize.inputs[input] == kNoTensor) return nullptr;
  const auto& constant = graph.tensor(resize.inputs[input]).constant;
  return constant && !constant->floats.empty() ? &constant->floats : nullptr;
}

// The axes that scales, sizes and the region name.
std::vector<size_t> NamedAxes(const Node& resize, size_t rank) {
  std::vector<size_t> axes;
  for (const int64_t axis : resize.Ints("axes", {})) {
    axes.push_back(static_cast<size_t>(axis < 0 ? axis + static_cast<int64_t>(rank) : axis));
  }
  for (size_t axis = 0; axes.size() < rank && resize.Ints("axes", {}).empty(); ++axis) axes.push_back(axis);
  return axes;
}

float AspectScale(const Graph& graph, const Node& resize, const std::vector<size_t>& axes) {
  if (resize.String("keep_aspect_ratio_policy", "stretch") == "stretch") return 0.0F;
  const Shape& from = graph.tensor(resize.inputs[0]).shape;
  Shape extents;
  for (const size_t axis : axes) extents.push_back(from.at(axis));
  return KeptAspectScale(resize, extents, graph.Ints(resize.inputs.at(3)));
}

// The scales as they are given, of the sizes where they are not.
std::vector<Sizes> AllSizes(const Graph& graph, const Node& resize) {
  const Shape& from = graph.tensor(resize.inputs[0]).shape;
  const Shape& to = graph.tensor(resize.outputs[0]).shape;
  const std::vector<float>* scales = ConstantFloats(graph, resize, 2);
  const std::vector<float>* region = ConstantFloats(graph, resize, 1);
  std::vector<Sizes> sizes;
  for (size_t i = 0; i < from.size(); ++i) {
    Sizes size{static_cast<float>(from[i]), static_cast<float>(to[i]), 1.0F};
    if (scales == nullptr) size.scale = size.to / size.from;
    sizes.push_back(size);
  }
  const std::vector<size_t> axes = NamedAxes(resize, from.size());
  const float aspect = scales == nullptr ? AspectScale(graph, resize, axes) : 0.0F;
  for (size_t i = 0; i < axes.size(); ++i) {
    Sizes& size = sizes.at(axes[i]);
    if (scales != nullptr) size.scale = scales->at(i);
    if (aspect > 0.0F) size.scale = aspect;
    if (region == nullptr || region->size() != 2 * axes.size()) continue;
    size.first = (*region)[i];
    size.last = (*region)[axes.size() + i];
  }
  return sizes;
}

template <size_t kCount>
bool IsOneOf(const std::string& mode, const std::array<const char*, kCount>& known) {
  return std::any_of(known.begin(), known.end(), [&mode](const char* one) { return mode == one; });
}

std::string Coordinates(const Node& resize) { return resize.String("coordinate_transformation_mode", "half_pixel"); }

std::string Rounding(const Node& resize) { return resize.String("nearest_mode", "round_prefer_floor"); }

}  // namespace

std::string UnsupportedResize(const Node& resize) {
  static constexpr std::array kCoordinates = {"asymmetric",         "half_pixel",    "half_pixel_symmetric",
                                              "pytorch_half_pixel", "align_corners", "tf_half_pixel_for_nn"};
  static constexpr std::array kRoundings = {"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"};
  if (resize.Int("antialias", 0) != 0) return "antialias 1 is not supported; export it with antialias=False";
  if (!IsOneOf(Coordinates(resize), kCoordinates)) {
    return "coordinate_transformation_mode '" + Coordinates(resize) + "' is not supported";
  }
  if (!IsOneOf(Rounding(resize), kRoundings)) return "nearest_mode '" + Rounding(resize) + "' is not supported";
  return {};
}

bool IsNearest(const Node& resize) { return resize.String("mode", "nearest") == "nearest"; }

float KeptAspectScale(const Node& resize, const Shape& extents, const std::vector<int64_t>& sizes) {
  const std::string policy = resize.String("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch") return 0.0F;
  std::vector<float> scales;
  for (size_t i = 0; i < extents.size(); ++i) {
    scales.push_back(static_cast<float>(sizes.at(i)) / static_cast<float>(extents[i]));
  }
  return policy == "not_larger" ? *std::min_element(scales.begin(), scales.end())
                                : *std::max_element(scales.begin(), scales.end());
}

std::vector<std::vector<float>> ResizedPlaces(const Graph& graph, const Node& resize) {
  const Shape& to = graph.tensor(resize.outputs[0]).shape;
  const std::string mode = Coordinates(resize);
  const std::vector<Sizes> sizes = AllSizes(graph, resize);
  std::vector<std::vector<float>> places(to.size());
  for (size_t axis = 0; axis < to.size(); ++axis) {
    // A scale of 1 takes every element as it is, whatever the modes make of it.
    const bool as_it_is =
        sizes[axis].scale == 1.0F && sizes[axis].from == sizes[axis].to && mode != "tf_crop_and_resize";
    for (int64_t index = 0; index < to[axis]; ++index) {
      const auto at = static_cast<float>(index);
      places[axis].push_back(as_it_is ? at : SourceCoordinate(mode, at, sizes[axis]));
    }
  }
  return places;
}

int64_t NearestIndex(const Node& resize, float place) { return static_cast<int64_t>(Nearest(Rounding(resize), place)); }

std::vector<std::vector<int64_t>> NearestSources(const Graph& graph, const Node& resize) {
  const Shape& from = graph.tensor(resize.inputs[0]).shape;
  std::vector<std::vector<int64_t>> sources;
  for (const std::vector<float>& places : ResizedPlaces(graph, resize)) {
    const int64_t last = from[sources.size()] - 1;
    std::vector<int64_t>& source = sources.emplace_back();
    for (const float place : places) source.push_back(std::clamp<int64_t>(NearestIndex(resize, place), 0, last));
  }
  return sources;
}

}  // namespace lockstep::graph
