// Finds the range of least error by trying narrower and narrower ones. Deterministic.
#pragma once

#include <functional>
#include <vector>

#include "quantize/observers/histogram.h"
#include "quantize/observers/tensor_statistics.h"

namespace lockstep::quantize {

// A histogram's bins that are not empty.
struct WeightedValue {
  double value = 0.0;
  double weight = 0.0;
};
std::vector<WeightedValue> WeightedValues(const Histogram& histogram);

// Ranges within `full` (which contains 0): the upper end is varied, then the lower one, on a coarse grid, then on a
// fine grid around the best. Ties go to the wider range.
Range MinimizeOverRanges(const Range& full, const std::function<double(const Range&)>& error);

}  // namespace lockstep::quantize
