// An analysis as text, JSON and CSV.
#pragma once

#include <string>
#include <vector>

#include "analyze/metric_kind.h"
#include "layerwise/analysis.h"

namespace lockstep::layerwise {

struct View {
  std::vector<analyze::MetricKind> metrics;   // columns of the table of layers
  const analyze::MetricKind* sort = nullptr;  // worst first by its mean, end to end or per layer; null: as executed
  bool sort_per_layer = false;
  bool reference = false;  // the metrics are those of the reference arithmetic, not of the integers
  bool spread = false;     // min and max beside the mean
  bool outliers = false;   // their table in place of the others (outliers.h)
  int rows = 0;            // of the table of layers; 0: all
};

std::string ToText(const Analysis& analysis, const View& view, bool colour);
std::string ToJson(const Analysis& analysis);
// A line for each layer: each number as min, mean and max.
std::string ToCsv(const Analysis& analysis);

}  // namespace lockstep::layerwise
