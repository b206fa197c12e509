// What the pictures together say of one row.
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "layerwise/picture_run.h"

namespace lockstep::layerwise {

// Means of the pictures' SQNR in dB, named as in RowMetrics; infinite, as without an error, where no picture has any.
struct RowSummary {
  double whole = 0.0;  // end to end
  double alone = 0.0;
  double rounded = std::numeric_limits<double>::infinity();
  double reference = std::numeric_limits<double>::infinity();  // alone
  double apart = std::numeric_limits<double>::infinity();
  // Of the pictures on which it was looked for what costs the layer most.
  std::optional<double> inputs;  // none: on no picture
  double weights = std::numeric_limits<double>::infinity();
  double table_input = std::numeric_limits<double>::infinity();
  double rounded_there = std::numeric_limits<double>::infinity();

  double steps = 0.0;   // the most of all pictures, between integer and reference arithmetic
  double beyond = 0.0;  // mean share
  bool constant = true;
  size_t not_finite = 0;  // sum
};

// At least one picture.
RowSummary Summarize(const std::vector<RowMetrics>& pictures);

}  // namespace lockstep::layerwise
