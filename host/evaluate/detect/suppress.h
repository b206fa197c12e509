// Suppression of boxes that stand for one object.
#pragma once

#include <vector>

#include "evaluate/detect/box.h"

namespace lockstep::evaluate {

struct SuppressOptions {
  double iou = 0.7;      // of two boxes of one class that overlap more, the one of lower score is dropped
  int most_boxes = 300;  // of a picture, all classes together
};

// Best score first; of equal scores, the candidate that comes first. At most 30000 candidates are looked at.
std::vector<Detection> Suppress(std::vector<Detection> candidates, const SuppressOptions& options);

double IntersectionOverUnion(const Corners& a, const Corners& b);

}  // namespace lockstep::evaluate
