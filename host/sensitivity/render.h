// The table of sensitivities as text, JSON and CSV.
#pragma once

#include <string>
#include <vector>

#include "analyze/metric_kind.h"
#include "sensitivity/sensitivity.h"

namespace lockstep::sensitivity {

struct View {
  std::vector<analyze::MetricKind> metrics{analyze::MetricNamed("sqnr"),
                                           analyze::MetricNamed("cosine")};  // the first one sorts
  std::vector<std::string> outputs;                                          // of the network; empty: all
};

// Of several outputs the worst counts. Throws UsageError for an output that is not there, with the nearest name.
void SortWorstFirst(std::vector<Trial>& trials, const View& view);

// `rows`: of the table, 0 for all.
std::string ToText(const std::vector<Trial>& trials, const View& view, int rows, bool colour);
std::string ToJson(const std::vector<Trial>& trials);
std::string ToCsv(const std::vector<Trial>& trials, const View& view);

}  // namespace lockstep::sensitivity
