#include "analyze/metric_kind.h"

#include <cmath>
#include <cstdio>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"

namespace lockstep::analyze {

const std::vector<MetricKind>& MetricKinds() {
  static const std::vector<MetricKind> kKinds = {{"cosine", "cosine", &Metrics::cosine, true},
                                                 {"relative_error", "rel. error", &Metrics::relative_error, false},
                                                 {"mse", "MSE", &Metrics::mse, false},
                                                 {"sqnr", "SQNR dB", &Metrics::sqnr_db, true},
                                                 {"chebyshev", "Chebyshev", &Metrics::max_abs, false},
                                                 {"l1", "L1", &Metrics::l1, false},
                                                 {"l2", "L2", &Metrics::l2, false},
                                                 {"mean_abs", "mean abs", &Metrics::mean_abs, false}};
  return kKinds;
}

const MetricKind& MetricNamed(const std::string& name) {
  std::vector<std::string> names;
  for (const MetricKind& kind : MetricKinds()) {
    if (name == kind.name) return kind;
    names.emplace_back(kind.name);
  }
  throw UsageError("there is no metric " + graph::Quoted(name) + " (" + graph::Listed(names) + ")" +
                   graph::DidYouMean(name, names));
}

std::string MetricText(const MetricKind& kind, double value) {
  if (std::isnan(value)) return "-";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char text[64];
  const bool decibels = kind.value == &Metrics::sqnr_db;
  std::snprintf(text, sizeof(text), decibels ? "%.1f" : kind.more_is_better ? "%.6f" : "%.4g", value);
  return text;
}

}  // namespace lockstep::analyze
