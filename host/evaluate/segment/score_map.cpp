#include "evaluate/segment/score_map.h"

#include <algorithm>
#include <cmath>

#include "graph/error.h"

namespace lockstep::evaluate {

ScoreMap::ScoreMap(const NetworkInterface& network) : input_(network.input) {
  std::string shapes;
  const auto fits = [&](int64_t height, int64_t width) {
    return height > 0 && width > 0 && height * network.input.width == width * network.input.height;
  };
  for (size_t i = 0; i < network.output_shapes.size(); ++i) {
    const graph::Shape& shape = network.output_shapes[i];
    shapes += (shapes.empty() ? "" : ", ") + graph::ToString(shape);
    output_ = i;
    if (shape.size() == 3 && fits(shape[1], shape[2])) {
      height_ = static_cast<int>(shape[1]);
      width_ = static_cast<int>(shape[2]);
      return;
    }
    if (shape.size() != 4) continue;
    channels_last_ = !fits(shape[2], shape[3]);
    if (channels_last_ && !fits(shape[1], shape[2])) continue;
    height_ = static_cast<int>(shape[channels_last_ ? 1 : 2]);
    width_ = static_cast<int>(shape[channels_last_ ? 2 : 3]);
    const auto channels = static_cast<int>(shape[channels_last_ ? 3 : 1]);
    classes_ = channels == 1 ? 0 : channels;
    return;
  }
  throw UsageError(network.model +
                   ": no output is a map of classes (1xCxHxW or 1xHxWxC scores, or 1xHxW classes, in "
                   "the proportions of the input; the outputs are " +
                   shapes + "); choose another --task");
}

double ScoreMap::Interpolated(const std::vector<float>& values, int channel, double column, double row) const {
  const auto at = [&](int x, int y) -> double {
    const auto place = static_cast<size_t>(std::clamp(y, 0, height_ - 1)) * static_cast<size_t>(width_) +
                       static_cast<size_t>(std::clamp(x, 0, width_ - 1));
    const auto channels = static_cast<size_t>(std::max(classes_, 1));
    const auto plane = static_cast<size_t>(height_) * static_cast<size_t>(width_);
    return values[channels_last_ ? place * channels + static_cast<size_t>(channel)
                                 : static_cast<size_t>(channel) * plane + place];
  };
  const double left = std::floor(column);
  const double top = std::floor(row);
  const int x = static_cast<int>(left);
  const int y = static_cast<int>(top);
  const double right_share = column - left;
  const double lower_share = row - top;
  return (at(x, y) * (1 - right_share) + at(x + 1, y) * right_share) * (1 - lower_share) +
         (at(x, y + 1) * (1 - right_share) + at(x + 1, y + 1) * right_share) * lower_share;
}

int ScoreMap::ClassAt(const run::OutputTensor& output, double x, double y) const {
  const double column = x * width_ / input_.width - 0.5;  // centres of pixels lie on whole numbers
  const double row = y * height_ / input_.height - 0.5;
  if (classes_ == 0) {
    if (!output.layout.HoldsIntegers()) return Interpolated(output.values, 0, column, row) > 0.5 ? 1 : 0;
    return static_cast<int>(Interpolated(output.values, 0, std::round(column), std::round(row)));
  }
  int best = 0;
  double best_score = Interpolated(output.values, 0, column, row);
  for (int label = 1; label < classes_; ++label) {
    const double score = Interpolated(output.values, label, column, row);
    if (!(score > best_score)) continue;
    best = label;
    best_score = score;
  }
  return best;
}

}  // namespace lockstep::evaluate
