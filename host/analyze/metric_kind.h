// The metrics by name: what tables show and are sorted by.
#pragma once

#include <string>
#include <vector>

#include "analyze/metrics.h"

namespace lockstep::analyze {

struct MetricKind {
  const char* name;   // "sqnr"
  const char* title;  // "SQNR dB"
  double Metrics::*value;
  bool more_is_better;
};

// cosine, relative_error, mse, sqnr, chebyshev, l1, l2, mean_abs.
const std::vector<MetricKind>& MetricKinds();

// Throws UsageError with the nearest name.
const MetricKind& MetricNamed(const std::string& name);

// As tables show it.
std::string MetricText(const MetricKind& kind, double value);

}  // namespace lockstep::analyze
