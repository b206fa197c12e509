#include "sensitivity/render.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::sensitivity {
namespace {

constexpr struct {
  Metric metric;
  const char* name;
  const char* title;
  double analyze::Metrics::*value;
  bool more_is_better;
} kMetrics[] = {{Metric::kSqnr, "sqnr", "SQNR dB", &analyze::Metrics::sqnr_db, true},
                {Metric::kCosine, "cosine", "cosine", &analyze::Metrics::cosine, true},
                {Metric::kMse, "mse", "MSE", &analyze::Metrics::mse, false},
                {Metric::kMaxAbs, "max_abs", "max abs", &analyze::Metrics::max_abs, false},
                {Metric::kMeanAbs, "mean_abs", "mean abs", &analyze::Metrics::mean_abs, false}};

const auto& RowOf(Metric metric) {
  return *std::find_if(std::begin(kMetrics), std::end(kMetrics), [&](const auto& row) { return row.metric == metric; });
}

// `part`: "output0" or "output0[:, 4:84]"; an output names all its parts.
bool IsShown(const View& view, const std::string& part) {
  return view.outputs.empty() || std::any_of(view.outputs.begin(), view.outputs.end(), [&](const std::string& wanted) {
           return part == wanted || part.rfind(wanted + "[", 0) == 0;
         });
}

// The worst of the outputs that are looked at; a value that is not a number is worse than any.
double Worst(const Trial& trial, const View& view, Metric metric) {
  const auto& row = RowOf(metric);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double worst = row.more_is_better ? kInfinity : -kInfinity;
  for (const auto& [name, metrics] : trial.outputs) {
    if (!IsShown(view, name)) continue;
    const double value = metrics.*row.value;
    if (std::isnan(value)) return row.more_is_better ? -kInfinity : kInfinity;
    worst = row.more_is_better ? std::min(worst, value) : std::max(worst, value);
  }
  return worst;
}

std::string ValueText(double value, Metric metric) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (metric == Metric::kSqnr) return report::FixedNumber(value, 1);
  if (metric == Metric::kCosine) return report::FixedNumber(value, 6);
  return report::ShortNumber(value);
}

void RequireOutputs(const std::vector<Trial>& trials, const View& view) {
  if (trials.empty()) return;
  std::vector<std::string> names;
  for (const auto& [name, metrics] : trials.front().outputs) names.push_back(name);
  for (const std::string& output : view.outputs) {
    View one;
    one.outputs = {output};
    if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return IsShown(one, name); })) continue;
    throw UsageError("the network has no output " + graph::Quoted(output) + " (it has " + graph::Listed(names) + ")" +
                     graph::DidYouMean(output, names));
  }
}

}  // namespace

Metric ParseMetric(const std::string& text) {
  std::vector<std::string> names;
  for (const auto& row : kMetrics) {
    if (text == row.name) return row.metric;
    names.emplace_back(row.name);
  }
  throw UsageError("there is no metric " + graph::Quoted(text) + " (" + graph::Listed(names) + ")" +
                   graph::DidYouMean(text, names));
}

void SortWorstFirst(std::vector<Trial>& trials, const View& view) {
  RequireOutputs(trials, view);
  const Metric first = view.metrics.front();
  const bool more_is_better = RowOf(first).more_is_better;
  std::stable_sort(trials.begin(), trials.end(), [&](const Trial& a, const Trial& b) {
    const double left = Worst(a, view, first);
    const double right = Worst(b, view, first);
    return more_is_better ? left < right : left > right;
  });
}

std::string ToText(const std::vector<Trial>& trials, const View& view, int rows, bool colour) {
  std::vector<report::Column> columns{{"", report::Align::kRight},
                                      {"node", report::Align::kLeft, 44},
                                      {"operator"},
                                      {"tensor", report::Align::kLeft, 44}};
  for (const Metric metric : view.metrics) columns.push_back({RowOf(metric).title, report::Align::kRight});
  report::Table table(columns);
  const size_t shown = rows == 0 ? trials.size() : std::min(trials.size(), static_cast<size_t>(rows));
  for (size_t i = 0; i < shown; ++i) {
    const Trial& trial = trials[i];
    std::vector<report::Cell> cells{std::to_string(i + 1), trial.node, trial.op, trial.tensor};
    for (const Metric metric : view.metrics) cells.emplace_back(ValueText(Worst(trial, view, metric), metric));
    table.AddRow(std::move(cells));
  }
  std::string text = table.ToText(colour);
  if (shown < trials.size()) text += "and " + std::to_string(trials.size() - shown) + " more that cost less\n";
  return text;
}

std::string ToJson(const std::vector<Trial>& trials) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Trial& trial : trials) {
    nlohmann::ordered_json outputs;
    for (const auto& [name, metrics] : trial.outputs) {
      for (const auto& row : kMetrics) {
        const double value = metrics.*row.value;
        outputs[name][row.name] = std::isfinite(value) ? nlohmann::ordered_json(value) : nullptr;
      }
    }
    list.push_back({{"node", trial.node},
                    {"operator", trial.op},
                    {"tensor", trial.tensor},
                    {"onnx_nodes", trial.onnx_nodes},
                    {"outputs", outputs}});
  }
  return report::JsonText(nlohmann::ordered_json{{"nodes", list}}, 1);
}

std::string ToCsv(const std::vector<Trial>& trials, const View& view) {
  std::string text = "node,operator,tensor,output";
  for (const auto& row : kMetrics) text += std::string(",") + row.name;
  text += "\n";
  const auto quoted = [](const std::string& value) {
    std::string result = "\"";
    for (const char c : value) result += c == '"' ? std::string("\"\"") : std::string(1, c);
    return result + "\"";
  };
  for (const Trial& trial : trials) {
    for (const auto& [name, metrics] : trial.outputs) {
      if (!IsShown(view, name)) continue;
      text += quoted(trial.node) + "," + trial.op + "," + quoted(trial.tensor) + "," + quoted(name);
      for (const auto& row : kMetrics) text += "," + report::ShortNumber(metrics.*row.value, 9);
      text += "\n";
    }
  }
  return text;
}

}  // namespace lockstep::sensitivity
