#include "sensitivity/render.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "report/csv.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::sensitivity {
namespace {

using analyze::MetricKind;

// `part`: "output0" or "output0[:, 4:84]"; an output names all its parts.
bool IsShown(const View& view, const std::string& part) {
  return view.outputs.empty() || std::any_of(view.outputs.begin(), view.outputs.end(), [&](const std::string& wanted) {
           return part == wanted || part.rfind(wanted + "[", 0) == 0;
         });
}

// The worst of the outputs that are looked at; a value that is not a number is worse than any.
double Worst(const Trial& trial, const View& view, const MetricKind& kind) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double worst = kind.more_is_better ? kInfinity : -kInfinity;
  for (const auto& [name, metrics] : trial.outputs) {
    if (!IsShown(view, name)) continue;
    const double value = metrics.*kind.value;
    if (std::isnan(value)) return kind.more_is_better ? -kInfinity : kInfinity;
    worst = kind.more_is_better ? std::min(worst, value) : std::max(worst, value);
  }
  return worst;
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

void SortWorstFirst(std::vector<Trial>& trials, const View& view) {
  RequireOutputs(trials, view);
  const MetricKind& first = view.metrics.front();
  std::stable_sort(trials.begin(), trials.end(), [&](const Trial& a, const Trial& b) {
    const double left = Worst(a, view, first);
    const double right = Worst(b, view, first);
    return first.more_is_better ? left < right : left > right;
  });
}

std::string ToText(const std::vector<Trial>& trials, const View& view, int rows, bool colour) {
  std::vector<report::Column> columns{{"", report::Align::kRight},
                                      {"node", report::Align::kLeft, 44},
                                      {"operator"},
                                      {"tensor", report::Align::kLeft, 44}};
  for (const MetricKind& kind : view.metrics) columns.push_back({kind.title, report::Align::kRight});
  report::Table table(columns);
  const size_t shown = rows == 0 ? trials.size() : std::min(trials.size(), static_cast<size_t>(rows));
  for (size_t i = 0; i < shown; ++i) {
    const Trial& trial = trials[i];
    std::vector<report::Cell> cells{std::to_string(i + 1), trial.node, trial.op, trial.tensor};
    for (const MetricKind& kind : view.metrics) {
      cells.emplace_back(analyze::MetricText(kind, Worst(trial, view, kind)));
    }
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
      for (const MetricKind& kind : analyze::MetricKinds()) {
        outputs[name][kind.name] = report::JsonNumber(metrics.*kind.value);
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
  std::vector<std::string> head{"node", "operator", "tensor", "output"};
  for (const MetricKind& kind : analyze::MetricKinds()) head.emplace_back(kind.name);
  std::string text = report::CsvLine(head);
  for (const Trial& trial : trials) {
    for (const auto& [name, metrics] : trial.outputs) {
      if (!IsShown(view, name)) continue;
      std::vector<std::string> cells{trial.node, trial.op, trial.tensor, name};
      for (const MetricKind& kind : analyze::MetricKinds()) cells.push_back(report::CsvNumber(metrics.*kind.value));
      text += report::CsvLine(cells);
    }
  }
  return text;
}

}  // namespace lockstep::sensitivity
