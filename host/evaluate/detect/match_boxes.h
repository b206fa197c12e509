// Which detections found which objects, as COCO's evaluation defines it.
#pragma once

#include <array>
#include <vector>

#include "evaluate/detect/box.h"
#include "evaluate/picture_result.h"

namespace lockstep::evaluate {

inline constexpr int kThresholds = 10;  // IoU 0.50, 0.55, .. 0.95

// `detections` of one picture, best score first; at most 100 of each class count. `objects` have corners in the same
// pixels. For every threshold, each detection in turn takes the object of its class that it overlaps most and that no
// better one took, if their IoU reaches the threshold; of equal ones the last. Objects come before crowds, and a crowd
// can be taken more than once: the area that counts there is the detection's own.
PictureResult MatchBoxes(const std::vector<Detection>& detections, const std::vector<Object>& objects);

}  // namespace lockstep::evaluate
