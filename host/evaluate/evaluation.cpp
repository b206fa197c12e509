#include "evaluate/evaluation.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "graph/counted.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::evaluate {
namespace {

using nlohmann::ordered_json;
using report::Align;

constexpr double kNotRun = std::numeric_limits<double>::quiet_NaN();

// "-" for what pictures without the thing in question say nothing of.
std::string Shown(double percent) { return std::isnan(percent) ? "-" : report::FixedNumber(percent, 2); }

std::string PercentText(double value) { return Shown(100.0 * value); }

ordered_json MetricsJson(const Metrics& metrics) {
  ordered_json json = ordered_json::object();
  for (const Metric& metric : metrics) json[metric.name] = report::JsonNumber(metric.value);
  return json;
}

void AddRows(const std::string& variant, const Metrics& metrics, const Metrics& floats, report::Table& table) {
  for (size_t i = 0; i < metrics.size(); ++i) {
    const bool compared = i < floats.size();
    table.AddRow({variant, metrics[i].name, PercentText(metrics[i].value),
                  compared ? PercentText(floats[i].value) : "-",
                  compared ? PercentText(metrics[i].value / floats[i].value) : "-"});
  }
}

}  // namespace

bool Passed(const Evaluation& evaluation) { return !evaluation.min_kept || evaluation.kept >= *evaluation.min_kept; }

std::string ToText(const Evaluation& evaluation, bool colour) {
  report::Table table({{"pictures", Align::kLeft},
                       {"metric", Align::kLeft},
                       {evaluation.engine + ", %", Align::kRight},
                       {"float, %", Align::kRight},
                       {"kept, %", Align::kRight}});
  for (const VariantMetrics& variant : evaluation.variants) {
    AddRows(variant.variant, variant.metrics, variant.float_metrics, table);
  }
  if (evaluation.variants.size() > 1) AddRows("mean", evaluation.metrics, evaluation.float_metrics, table);
  std::string text = table.ToText(colour) + "\n" + graph::Counted(static_cast<size_t>(evaluation.pictures), "picture");
  if (!evaluation.float_metrics.empty()) {
    text += "; of the float network's " + evaluation.metrics.front().name + " " + Shown(evaluation.kept) +
            " % is kept, with an error of " + Shown(evaluation.kept_error) + " (" +
            graph::Counted(static_cast<size_t>(evaluation.bootstrap_rounds), "selection") + " of the pictures)";
  }
  text += "\n";
  if (evaluation.computed != 0) {
    text += evaluation.engine + ": " + report::FixedNumber(evaluation.seconds * 1e3, 1) + " ms for a picture\n";
  }
  for (const std::string& note : evaluation.notes) text += "note: " + note + "\n";
  if (evaluation.min_kept) {
    text += std::string(Passed(evaluation) ? "good: at least " : "failed: less than ") +
            report::ShortNumber(*evaluation.min_kept, 6) + " % is kept (--min-kept)\n";
  }
  return text;
}

std::string ToJson(const Evaluation& evaluation) {
  ordered_json metrics = MetricsJson(evaluation.metrics);
  metrics["kept"] = report::JsonNumber(evaluation.kept);
  metrics["kept_error"] = report::JsonNumber(evaluation.kept_error);
  ordered_json variants = ordered_json::array();
  for (const VariantMetrics& variant : evaluation.variants) {
    variants.push_back({{"variant", variant.variant},
                        {"metrics", MetricsJson(variant.metrics)},
                        {"float", MetricsJson(variant.float_metrics)}});
  }
  ordered_json json = {
      {"model", evaluation.model},
      {"task", evaluation.task},
      {"engine", evaluation.engine},
      {"pictures", evaluation.pictures},
      {"metrics", std::move(metrics)},
      {"float", MetricsJson(evaluation.float_metrics)},
      {"variants", std::move(variants)},
      {"bootstrap_rounds", evaluation.bootstrap_rounds},
      {"computed", evaluation.computed},
      {"seconds_per_picture", report::JsonNumber(evaluation.computed == 0 ? kNotRun : evaluation.seconds)},
      {"notes", evaluation.notes}};
  if (evaluation.min_kept) {
    json["min_kept"] = *evaluation.min_kept;
    json["passed"] = Passed(evaluation);
  }
  return report::JsonText(json, 1);
}

}  // namespace lockstep::evaluate
