// The table of sensitivities as text, JSON and CSV.
#pragma once

#include <string>
#include <vector>

#include "sensitivity/sensitivity.h"

namespace lockstep::sensitivity {

// The metrics that a table can show and be sorted by.
enum class Metric { kSqnr, kCosine, kMse, kMaxAbs, kMeanAbs };

// "sqnr", "cosine", "mse", "max_abs", "mean_abs"; throws UsageError with the nearest name.
Metric ParseMetric(const std::string& text);

struct View {
  std::vector<Metric> metrics{Metric::kSqnr, Metric::kCosine};  // the first one sorts
  std::vector<std::string> outputs;                             // of the network; empty: all
};

// Of several outputs the worst counts. Throws UsageError for an output that is not there, with the nearest name.
void SortWorstFirst(std::vector<Trial>& trials, const View& view);

// `rows`: of the table, 0 for all.
std::string ToText(const std::vector<Trial>& trials, const View& view, int rows, bool colour);
std::string ToJson(const std::vector<Trial>& trials);
std::string ToCsv(const std::vector<Trial>& trials, const View& view);

}  // namespace lockstep::sensitivity
