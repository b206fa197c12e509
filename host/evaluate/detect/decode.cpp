#include "evaluate/detect/decode.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace lockstep::evaluate {
namespace {

struct CenterBox {
  double x = 0.0;
  double y = 0.0;
  double width = 0.0;
  double height = 0.0;
};

Corners ToCorners(const CenterBox& box) {
  return {box.x - box.width / 2, box.y - box.height / 2, box.x + box.width / 2, box.y + box.height / 2};
}

double Sigmoid(double value) { return 1.0 / (1.0 + std::exp(-value)); }

// Adds what is above the confidence. `score(c)` is that of class c; the box is made only where it is needed.
template <typename Score, typename Box>
void AddCandidate(int classes, const CandidateOptions& options, const Score& score, const Box& box,
                  std::vector<Detection>& detections) {
  int best = -1;
  float best_score = options.confidence;
  for (int label = 0; label < classes; ++label) {
    const auto value = static_cast<float>(score(label));
    if (!(value > options.confidence)) continue;  // NaN is no score
    if (!options.one_label) {
      detections.push_back({box(), value, label});
    } else if (value > best_score) {
      best = label;
      best_score = value;
    }
  }
  if (best >= 0) detections.push_back({box(), best_score, best});
}

// An output that holds a row of numbers for each candidate, or a row of candidates for each number.
class Matrix {
 public:
  Matrix(const Head& head, const std::vector<float>& values) : head_(head), values_(values) {
    channels_ = values.size() / static_cast<size_t>(head.candidates);
  }
  double At(size_t candidate, size_t channel) const {
    const auto candidates = static_cast<size_t>(head_.candidates);
    return values_[head_.channels_first ? channel * candidates + candidate : candidate * channels_ + channel];
  }
  // Of |cx| and |cy| over all candidates.
  double LargestCenter() const {
    double largest = 0.0;
    for (size_t i = 0; i < static_cast<size_t>(head_.candidates); ++i) {
      largest = std::max({largest, std::abs(At(i, 0)), std::abs(At(i, 1))});
    }
    return largest;
  }

 private:
  const Head& head_;
  const std::vector<float>& values_;
  size_t channels_ = 0;
};

struct Cell {
  int stride = 0;
  int x = 0;
  int y = 0;
};

// Row by row, level by level: the order in which all these heads list their candidates.
std::vector<Cell> CellsOf(const std::vector<HeadLevel>& levels) {
  std::vector<Cell> cells;
  for (const HeadLevel& level : levels) {
    for (int y = 0; y < level.height; ++y) {
      for (int x = 0; x < level.width; ++x) cells.push_back({level.stride, x, y});
    }
  }
  return cells;
}

// YOLOX: offsets in cells, logarithms of extents in cells.
CenterBox FromCell(const CenterBox& box, const Cell& cell) {
  return {(box.x + cell.x) * cell.stride, (box.y + cell.y) * cell.stride, std::exp(box.width) * cell.stride,
          std::exp(box.height) * cell.stride};
}

std::vector<Detection> FromMatrix(const Head& head, const std::vector<float>& values, input::PictureSize size,
                                  const CandidateOptions& options) {
  constexpr double kMostFraction = 2.0;
  const Matrix matrix(head, values);
  const double largest = matrix.LargestCenter();
  const bool yolox = head.kind == HeadKind::kYolox;
  const bool fractions = !yolox && largest < kMostFraction;
  const bool cells_missing = yolox && !head.levels.empty() && largest <= std::min(size.width, size.height) / 4.0;
  const std::vector<Cell> cells = cells_missing ? CellsOf(head.levels) : std::vector<Cell>();
  const bool has_objectness = head.kind != HeadKind::kYolov8;
  const size_t first_class = has_objectness ? 5 : 4;
  std::vector<Detection> detections;
  for (size_t i = 0; i < static_cast<size_t>(head.candidates); ++i) {
    const double objectness = has_objectness ? matrix.At(i, 4) : 1.0;
    if (!(objectness > options.confidence)) continue;  // no class can be above it
    const auto score = [&](int label) { return objectness * matrix.At(i, first_class + static_cast<size_t>(label)); };
    const auto box = [&] {
      CenterBox center{matrix.At(i, 0), matrix.At(i, 1), matrix.At(i, 2), matrix.At(i, 3)};
      if (cells_missing) center = FromCell(center, cells[i]);
      Corners corners = ToCorners(center);
      if (!fractions) return corners;
      return Corners{corners.left * size.width, corners.top * size.height, corners.right * size.width,
                     corners.bottom * size.height};
    };
    AddCandidate(head.classes, options, score, box, detections);
  }
  return detections;
}

// The number in channel `channel` of cell `at` in a map N,C,H,W, or N,3,H,W,C.
class MapView {
 public:
  MapView(const run::OutputTensor& output, const HeadLevel& level)
      : values_(output.values),
        cells_(static_cast<size_t>(level.height) * static_cast<size_t>(level.width)),
        channels_last_(output.shape.size() == 5 ? static_cast<size_t>(output.shape[4]) : 0) {}

  double At(size_t channel, size_t cell) const {
    if (channels_last_ == 0) return values_[channel * cells_ + cell];
    const size_t anchor = channel / channels_last_;
    return values_[(anchor * cells_ + cell) * channels_last_ + channel % channels_last_];
  }
  bool AllProbabilities(size_t first_channel) const {
    const size_t channels = values_.size() / cells_;
    for (size_t channel = first_channel; channel < channels; ++channel) {
      for (size_t cell = 0; cell < cells_; ++cell) {
        if (!(At(channel, cell) >= 0.0 && At(channel, cell) <= 1.0)) return false;
      }
    }
    return true;
  }

 private:
  const std::vector<float>& values_;
  size_t cells_ = 0;
  size_t channels_last_ = 0;
};

// Each map says itself whether a Sigmoid is missing.
struct ScoreMap {
  MapView map;
  bool sigmoid = false;

  double At(size_t channel, size_t cell) const {
    return sigmoid ? Sigmoid(map.At(channel, cell)) : map.At(channel, cell);
  }
};

ScoreMap ScoresOf(const MapView& map, size_t first_channel) { return {map, !map.AllProbabilities(first_channel)}; }

// Expected distance of one side: a distribution over 0, 1, .. 15 cells.
double ExpectedDistance(const MapView& map, size_t side, size_t cell) {
  constexpr size_t kBins = 16;
  double largest = map.At(side * kBins, cell);
  for (size_t bin = 1; bin < kBins; ++bin) largest = std::max(largest, map.At(side * kBins + bin, cell));
  double sum = 0.0;
  double weighted = 0.0;
  for (size_t bin = 0; bin < kBins; ++bin) {
    const double weight = std::exp(map.At(side * kBins + bin, cell) - largest);
    sum += weight;
    weighted += weight * static_cast<double>(bin);
  }
  return weighted / sum;
}

void AddYolov5Level(const Head& head, const HeadLevel& level, const std::vector<run::OutputTensor>& outputs,
                    const CandidateOptions& options, std::vector<Detection>& detections) {
  static const std::map<int, std::vector<std::pair<double, double>>> kAnchors = {
      {8, {{10, 13}, {16, 30}, {33, 23}}},
      {16, {{30, 61}, {62, 45}, {59, 119}}},
      {32, {{116, 90}, {156, 198}, {373, 326}}}};  // YOLOv5's own, in pixels
  const ScoreMap map = ScoresOf({outputs.at(level.maps[0]), level}, 0);
  const auto channels = static_cast<size_t>(head.classes) + 5;
  for (size_t anchor = 0; anchor < 3; ++anchor) {
    const std::pair<double, double> extent = kAnchors.at(level.stride)[anchor];
    size_t cell = 0;
    for (int y = 0; y < level.height; ++y) {
      for (int x = 0; x < level.width; ++x, ++cell) {
        const auto at = [&, c = cell](size_t channel) { return map.At(anchor * channels + channel, c); };
        const double objectness = at(4);
        if (!(objectness > options.confidence)) continue;
        const auto box = [&] {
          return ToCorners({(2 * at(0) - 0.5 + x) * level.stride, (2 * at(1) - 0.5 + y) * level.stride,
                            4 * at(2) * at(2) * extent.first, 4 * at(3) * at(3) * extent.second});
        };
        const auto score = [&](int label) { return objectness * at(5 + static_cast<size_t>(label)); };
        AddCandidate(head.classes, options, score, box, detections);
      }
    }
  }
}

void AddYolov8Level(const Head& head, const HeadLevel& level, const std::vector<run::OutputTensor>& outputs,
                    const CandidateOptions& options, std::vector<Detection>& detections) {
  constexpr size_t kDistances = 64;
  const MapView boxes(outputs.at(level.maps.front()), level);
  const size_t first_class = level.maps.size() == 1 ? kDistances : 0;
  const ScoreMap scores = ScoresOf({outputs.at(level.maps.back()), level}, first_class);
  size_t cell = 0;
  for (int y = 0; y < level.height; ++y) {
    for (int x = 0; x < level.width; ++x, ++cell) {
      const auto box = [&, c = cell] {
        const auto side = [&](size_t which) { return ExpectedDistance(boxes, which, c); };
        return Corners{(x + 0.5 - side(0)) * level.stride, (y + 0.5 - side(1)) * level.stride,
                       (x + 0.5 + side(2)) * level.stride, (y + 0.5 + side(3)) * level.stride};
      };
      const auto score = [&, c = cell](int label) { return scores.At(first_class + static_cast<size_t>(label), c); };
      AddCandidate(head.classes, options, score, box, detections);
    }
  }
}

void AddYoloxLevel(const Head& head, const HeadLevel& level, const std::vector<run::OutputTensor>& outputs,
                   const CandidateOptions& options, std::vector<Detection>& detections) {
  const bool apart = level.maps.size() == 3;
  const MapView boxes(outputs.at(level.maps.front()), level);
  const ScoreMap objects = ScoresOf({outputs.at(level.maps[apart ? 1 : 0]), level}, apart ? 0 : 4);
  const ScoreMap classes = ScoresOf({outputs.at(level.maps.back()), level}, apart ? 0 : 5);
  size_t cell = 0;
  for (int y = 0; y < level.height; ++y) {
    for (int x = 0; x < level.width; ++x, ++cell) {
      const double objectness = objects.At(apart ? 0 : 4, cell);
      if (!(objectness > options.confidence)) continue;
      const auto box = [&, c = cell] {
        return ToCorners(
            FromCell({boxes.At(0, c), boxes.At(1, c), boxes.At(2, c), boxes.At(3, c)}, {level.stride, x, y}));
      };
      const auto score = [&, c = cell](int label) {
        return objectness * classes.At((apart ? 0U : 5U) + static_cast<size_t>(label), c);
      };
      AddCandidate(head.classes, options, score, box, detections);
    }
  }
}

}  // namespace

std::vector<Detection> Candidates(const Head& head, const std::vector<run::OutputTensor>& outputs,
                                  input::PictureSize size, const CandidateOptions& options) {
  if (!head.raw) return FromMatrix(head, outputs.at(head.output).values, size, options);
  std::vector<Detection> detections;
  for (const HeadLevel& level : head.levels) {
    switch (head.kind) {
      case HeadKind::kYolov5:
        AddYolov5Level(head, level, outputs, options, detections);
        break;
      case HeadKind::kYolov8:
        AddYolov8Level(head, level, outputs, options, detections);
        break;
      case HeadKind::kYolox:
        AddYoloxLevel(head, level, outputs, options, detections);
        break;
    }
  }
  return detections;
}

}  // namespace lockstep::evaluate
