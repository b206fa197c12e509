#include "evaluate/detect/match_boxes.h"

#include <algorithm>
#include <map>

#include "evaluate/detect/suppress.h"

namespace lockstep::evaluate {
namespace {

double Overlap(const Detection& detection, const Object& object) {
  if (!object.crowd) return IntersectionOverUnion(detection.box, object.box);
  const double area = detection.box.Area();
  return area > 0.0 ? CommonArea(detection.box, object.box) / area : 0.0;
}

// Computed as numpy's linspace(0.5, 0.95, 10) does.
double Threshold(size_t index) { return 0.5 + static_cast<double>(index) * ((0.95 - 0.5) / (kThresholds - 1)); }

struct ClassMatcher {
  std::vector<Object> objects;  // crowds last
  std::vector<std::array<bool, kThresholds>> taken;
  int detections = 0;

  MatchedBox Match(const Detection& detection) {
    MatchedBox matched{detection.score, static_cast<uint16_t>(detection.label), 0, 0};
    std::vector<double> overlaps;
    for (const Object& object : objects) overlaps.push_back(Overlap(detection, object));
    for (size_t t = 0; t < kThresholds; ++t) {
      double least = Threshold(t);
      size_t best = objects.size();
      for (size_t i = 0; i < objects.size(); ++i) {
        if (taken[i][t] && !objects[i].crowd) continue;
        if (best != objects.size() && !objects[best].crowd && objects[i].crowd) break;
        if (overlaps[i] < least) continue;
        least = overlaps[i];
        best = i;
      }
      if (best == objects.size()) continue;
      taken[best][t] = true;
      const auto bit = static_cast<uint16_t>(1U << t);
      uint16_t& bits = objects[best].crowd ? matched.ignored : matched.hits;
      bits = static_cast<uint16_t>(bits | bit);
    }
    return matched;
  }
};

}  // namespace

PictureResult MatchBoxes(const std::vector<Detection>& detections, const std::vector<Object>& objects) {
  constexpr int kMostOfAClass = 100;
  std::map<int, ClassMatcher> classes;
  for (const Object& object : objects) classes[object.label].objects.push_back(object);
  PictureResult result;
  for (auto& [label, matcher] : classes) {
    const auto crowds = std::stable_partition(matcher.objects.begin(), matcher.objects.end(),
                                              [](const Object& object) { return !object.crowd; });
    matcher.taken.resize(matcher.objects.size());
    const auto count = static_cast<int>(crowds - matcher.objects.begin());
    if (count != 0) result.objects.emplace_back(label, count);
  }
  for (const Detection& detection : detections) {
    ClassMatcher& matcher = classes[detection.label];
    if (++matcher.detections <= kMostOfAClass) result.boxes.push_back(matcher.Match(detection));
  }
  return result;
}

}  // namespace lockstep::evaluate
