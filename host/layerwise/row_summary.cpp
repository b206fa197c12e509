#include "layerwise/row_summary.h"

#include <algorithm>

#include "layerwise/spread.h"

namespace lockstep::layerwise {

RowSummary Summarize(const std::vector<RowMetrics>& pictures) {
  RowSummary summary;
  const auto mean = [&](const auto& value_of, double fallback, bool more_is_better = true) {
    const auto spread = SpreadOf(pictures, value_of, more_is_better);
    return spread ? spread->mean : fallback;
  };
  const auto sqnr = [&](std::optional<analyze::Metrics> RowMetrics::*side, double fallback) {
    return mean(
        [&](const RowMetrics& one) { return one.*side ? std::optional<double>((one.*side)->sqnr_db) : std::nullopt; },
        fallback);
  };
  using Value = std::optional<double>;
  summary.whole = mean([](const RowMetrics& one) -> Value { return one.end_to_end.sqnr_db; }, 0.0);
  summary.alone = mean([](const RowMetrics& one) -> Value { return one.alone.sqnr_db; }, 0.0);
  summary.beyond = mean([](const RowMetrics& one) -> Value { return one.beyond; }, 0.0, false);
  summary.rounded = sqnr(&RowMetrics::rounded, summary.rounded);
  summary.weights = sqnr(&RowMetrics::weights_alone, summary.weights);
  summary.table_input = sqnr(&RowMetrics::table_input_alone, summary.table_input);
  const auto asked = [](const RowMetrics& one) { return one.inputs_alone.has_value(); };
  if (std::any_of(pictures.begin(), pictures.end(), asked)) summary.inputs = sqnr(&RowMetrics::inputs_alone, 0.0);
  summary.rounded_there = mean(
      [&](const RowMetrics& one) -> Value {
        return asked(one) && one.rounded ? Value(one.rounded->sqnr_db) : std::nullopt;
      },
      summary.rounded_there);
  summary.reference = sqnr(&RowMetrics::alone_reference, summary.reference);
  summary.apart = sqnr(&RowMetrics::apart, summary.apart);
  for (const RowMetrics& one : pictures) {
    summary.constant = summary.constant && one.constant;
    summary.not_finite += one.truth_not_finite;
    if (one.apart) summary.steps = std::max(summary.steps, one.apart->max_steps);
  }
  return summary;
}

}  // namespace lockstep::layerwise
