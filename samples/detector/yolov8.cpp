#include "yolov8.h"

#include <algorithm>

namespace detector {
namespace {

constexpr size_t kBoxRows = 4;

// Greedy suppression: strongest first, per class.
std::vector<Box> Suppress(std::vector<Box> boxes, float limit) {
  std::stable_sort(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) { return a.confidence > b.confidence; });
  std::vector<Box> kept;
  for (const Box& box : boxes) {
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](const Box& other) {
      return other.label == box.label && IntersectionOverUnion(other.rectangle, box.rectangle) > limit;
    });
    if (!covered) kept.push_back(box);
  }
  return kept;
}

}  // namespace

std::vector<Box> Decode(const std::vector<float>& output, int classes, const DecodeOptions& options) {
  const size_t rows = kBoxRows + static_cast<size_t>(classes);
  const size_t candidates = output.size() / rows;
  const auto at = [&](size_t row, size_t candidate) { return output[row * candidates + candidate]; };
  std::vector<Box> boxes;
  for (size_t i = 0; i < candidates; ++i) {
    Box box;
    for (int label = 0; label < classes; ++label) {
      const float probability = at(kBoxRows + static_cast<size_t>(label), i);
      if (!(probability > box.confidence)) continue;  // NaN is no probability
      box.confidence = probability;
      box.label = label;
    }
    if (box.confidence < options.confidence) continue;
    const float width = at(2, i);
    const float height = at(3, i);
    box.rectangle = cv::Rect2f(at(0, i) - width / 2, at(1, i) - height / 2, width, height);
    boxes.push_back(box);
  }
  return Suppress(std::move(boxes), options.iou);
}

float IntersectionOverUnion(const cv::Rect2f& a, const cv::Rect2f& b) {
  const float common = (a & b).area();
  const float all = a.area() + b.area() - common;
  return all > 0 ? common / all : 0.0F;
}

Agreement Compare(const std::vector<Box>& truth, const std::vector<Box>& boxes, float confidence) {
  Agreement agreement;
  for (const Box& wanted : truth) {
    if (wanted.confidence <= confidence) continue;
    float best = 0.0F;
    for (const Box& box : boxes) {
      if (box.label == wanted.label) best = std::max(best, IntersectionOverUnion(wanted.rectangle, box.rectangle));
    }
    if (agreement.boxes++ == 0 || best < agreement.min_iou) agreement.worst = wanted;
    agreement.min_iou = std::min(agreement.min_iou, best);
  }
  return agreement;
}

}  // namespace detector
