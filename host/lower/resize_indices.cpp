#include "lower/resize_indices.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "graph/error.h"

namespace lockstep::lower {
namespace {

double SourceCoordinate(const std::string& mode, double place, double from, double to, double scale) {
  if (mode == "asymmetric") return place / scale;
  if (mode == "half_pixel") return (place + 0.5) / scale - 0.5;
  if (mode == "pytorch_half_pixel") return to > 1 ? (place + 0.5) / scale - 0.5 : 0.0;
  if (mode == "align_corners") return to > 1 ? place * (from - 1) / (to - 1) : 0.0;
  throw UnsupportedModel("coordinate_transformation_mode " + mode + " is not supported");
}

double Nearest(const std::string& mode, double coordinate) {
  if (mode == "round_prefer_floor") return std::ceil(coordinate - 0.5);
  if (mode == "round_prefer_ceil") return std::floor(coordinate + 0.5);
  if (mode == "floor") return std::floor(coordinate);
  if (mode == "ceil") return std::ceil(coordinate);
  throw UnsupportedModel("nearest_mode " + mode + " is not supported");
}

}  // namespace

std::vector<int32_t> NearestIndices(const graph::Node& node, int64_t from, int64_t to, double scale) {
  const std::string mode = node.String("mode", "nearest");
  if (mode != "nearest") throw UnsupportedModel("mode " + mode + " is not supported, only nearest is");
  const std::string coordinates = node.String("coordinate_transformation_mode", "half_pixel");
  const std::string rounding = node.String("nearest_mode", "round_prefer_floor");
  std::vector<int32_t> indices;
  for (int64_t place = 0; place < to; ++place) {
    const double source = SourceCoordinate(coordinates, static_cast<double>(place), static_cast<double>(from),
                                           static_cast<double>(to), scale);
    const double index = std::min(std::max(Nearest(rounding, source), 0.0), static_cast<double>(from - 1));
    indices.push_back(static_cast<int32_t>(index));
  }
  return indices;
}

}  // namespace lockstep::lower
