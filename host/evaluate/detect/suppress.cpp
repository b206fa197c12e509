#include "evaluate/detect/suppress.h"

#include <algorithm>

namespace lockstep::evaluate {

double CommonArea(const Corners& a, const Corners& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  return width > 0.0 && height > 0.0 ? width * height : 0.0;
}

double IntersectionOverUnion(const Corners& a, const Corners& b) {
  const double common = CommonArea(a, b);
  return common > 0.0 ? common / (a.Area() + b.Area() - common) : 0.0;
}

std::vector<Detection> Suppress(std::vector<Detection> candidates, const SuppressOptions& options) {
  constexpr size_t kMostCandidates = 30000;
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });
  if (candidates.size() > kMostCandidates) candidates.resize(kMostCandidates);
  std::vector<Detection> kept;
  for (const Detection& candidate : candidates) {
    if (static_cast<int>(kept.size()) == options.most_boxes) break;
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](const Detection& better) {
      return better.label == candidate.label && IntersectionOverUnion(better.box, candidate.box) > options.iou;
    });
    if (!covered) kept.push_back(candidate);
  }
  return kept;
}

}  // namespace lockstep::evaluate
