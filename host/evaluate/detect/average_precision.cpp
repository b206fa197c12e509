#include "evaluate/detect/average_precision.h"

#include <algorithm>
#include <array>
#include <limits>

#include "evaluate/detect/match_boxes.h"

namespace lockstep::evaluate {
namespace {

constexpr size_t kRecalls = 101;

struct Point {
  double recall = 0.0;
  double precision = 0.0;
};

// Mean over the recalls of the best precision at this recall or above; `points` have rising recalls.
double AreaUnder(std::vector<Point>& points) {
  for (size_t i = points.size(); i > 1; --i) {
    points[i - 2].precision = std::max(points[i - 2].precision, points[i - 1].precision);
  }
  double sum = 0.0;
  size_t at = 0;
  for (size_t i = 0; i < kRecalls; ++i) {
    const double recall = 0.01 * static_cast<double>(i);
    while (at < points.size() && points[at].recall < recall) ++at;
    if (at == points.size()) break;
    sum += points[at].precision;
  }
  return sum / static_cast<double>(kRecalls);
}

}  // namespace

AveragePrecision::AveragePrecision(const std::vector<PictureResult>& pictures) {
  const auto at = [&](int label) -> ClassEntries& {
    if (classes_.size() <= static_cast<size_t>(label)) classes_.resize(static_cast<size_t>(label) + 1);
    return classes_[static_cast<size_t>(label)];
  };
  for (size_t i = 0; i < pictures.size(); ++i) {
    const auto picture = static_cast<uint32_t>(i);
    for (const MatchedBox& box : pictures[i].boxes) at(box.label).detections.push_back({box, picture});
    for (const auto& [label, count] : pictures[i].objects) at(label).objects.emplace_back(picture, count);
  }
  for (ClassEntries& entries : classes_) {
    std::stable_sort(entries.detections.begin(), entries.detections.end(),
                     [](const Entry& a, const Entry& b) { return a.box.score > b.box.score; });
  }
}

AveragePrecision::Means AveragePrecision::Of(const std::vector<int>& times_taken) const {
  std::array<double, kThresholds> sums{};
  int counted = 0;
  std::vector<Point> points;
  for (const ClassEntries& entries : classes_) {
    double objects = 0.0;
    for (const auto& [picture, count] : entries.objects) objects += static_cast<double>(count) * times_taken[picture];
    if (objects == 0.0) continue;
    ++counted;
    for (int t = 0; t < kThresholds; ++t) {
      double right = 0.0;
      double all = 0.0;
      points.clear();
      for (const Entry& entry : entries.detections) {
        const int times = times_taken[entry.picture];
        if (times == 0 || ((entry.box.ignored >> t) & 1) != 0) continue;
        all += times;
        if (((entry.box.hits >> t) & 1) != 0) {
          right += times;
          points.push_back({right / objects, right / all});
        }
      }
      sums[static_cast<size_t>(t)] += AreaUnder(points);
    }
  }
  Means means;
  for (const double sum : sums) means.at_50_to_95 += sum / kThresholds;
  const double classes = counted == 0 ? std::numeric_limits<double>::quiet_NaN() : counted;
  means.at_50 = sums[0] / classes;
  means.at_50_to_95 /= classes;
  return means;
}

}  // namespace lockstep::evaluate
