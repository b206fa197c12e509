// COCO's mean average precision of a selection of pictures.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluate/picture_result.h"

namespace lockstep::evaluate {

// Detections of all pictures are sorted by falling score once; of equal scores the earlier picture comes first, and
// within a picture the one that the network lists first. Precision is made monotonic from the right and read at the
// recalls 0.00, 0.01, .. 1.00; the mean is over these, the thresholds, and the classes that have objects.
class AveragePrecision {
 public:
  explicit AveragePrecision(const std::vector<PictureResult>& pictures);

  struct Means {
    double at_50 = 0.0;        // IoU 0.50
    double at_50_to_95 = 0.0;  // mean of the ten thresholds
  };
  // `times_taken` by picture. NaN if no picture that was taken has objects.
  Means Of(const std::vector<int>& times_taken) const;

 private:
  struct Entry {
    MatchedBox box;
    uint32_t picture = 0;
  };
  struct ClassEntries {
    std::vector<Entry> detections;
    std::vector<std::pair<uint32_t, int>> objects;  // picture and count
  };
  std::vector<ClassEntries> classes_;
};

}  // namespace lockstep::evaluate
