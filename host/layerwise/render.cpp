#include "layerwise/render.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "graph/counted.h"
#include "layerwise/render_outliers.h"
#include "layerwise/spread.h"
#include "report/csv.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::layerwise {
namespace {

using analyze::MetricKind;
using analyze::Metrics;
using nlohmann::ordered_json;
using OneRow = std::vector<RowMetrics>;

// The kinds of metrics that a layer has, by the names that JSON and CSV give them.
struct Side {
  const char* name;
  std::optional<Metrics> (*of)(const RowMetrics& row);
};
constexpr Side kEndToEnd{"end_to_end", [](const RowMetrics& row) -> std::optional<Metrics> { return row.end_to_end; }};
constexpr Side kAlone{"per_layer", [](const RowMetrics& row) -> std::optional<Metrics> { return row.alone; }};
constexpr Side kEndToEndReference{"end_to_end_reference",
                                  [](const RowMetrics& row) { return row.end_to_end_reference; }};
constexpr Side kAloneReference{"per_layer_reference", [](const RowMetrics& row) { return row.alone_reference; }};
constexpr Side kApart{"integer_to_reference", [](const RowMetrics& row) { return row.apart; }};
constexpr Side kRounded{"rounding_alone", [](const RowMetrics& row) { return row.rounded; }};
constexpr Side kSides[] = {kEndToEnd, kAlone, kEndToEndReference, kAloneReference, kApart, kRounded};

std::optional<Spread> SpreadOf(const OneRow& row, const Side& side, double Metrics::*value, bool more_is_better) {
  const auto value_of = [&](const RowMetrics& of_picture) -> std::optional<double> {
    const std::optional<Metrics> metrics = side.of(of_picture);
    return metrics ? std::optional<double>((*metrics).*value) : std::nullopt;
  };
  return layerwise::SpreadOf(row, value_of, more_is_better);
}

std::optional<Spread> SpreadOf(const OneRow& row, const Side& side, const MetricKind& kind) {
  return SpreadOf(row, side, kind.value, kind.more_is_better);
}

std::optional<Spread> StepsOf(const OneRow& row) { return SpreadOf(row, kApart, &Metrics::max_steps, false); }

Spread SpreadOf(const std::vector<OutputMetrics>& pictures, Metrics OutputMetrics::*side, const MetricKind& kind) {
  const auto value_of = [&](const OutputMetrics& one) -> std::optional<double> { return (one.*side).*kind.value; };
  return *layerwise::SpreadOf(pictures, value_of, kind.more_is_better);
}

std::string Text(const MetricKind& kind, const std::optional<Spread>& spread, bool all) {
  if (!spread) return "-";
  std::string mean = analyze::MetricText(kind, spread->mean);
  if (!all) return mean;
  return mean + " [" + analyze::MetricText(kind, spread->min) + ", " + analyze::MetricText(kind, spread->max) + "]";
}

std::string Steps(const OneRow& row) {
  const std::optional<Spread> steps = StepsOf(row);
  return steps ? report::ShortNumber(steps->max, 3) : "-";
}

std::vector<size_t> OrderOf(const Analysis& analysis, const View& view) {
  std::vector<size_t> order(analysis.rows.size());
  std::iota(order.begin(), order.end(), 0);
  if (view.sort == nullptr) return order;
  const Side& side = view.reference ? (view.sort_per_layer ? kAloneReference : kEndToEndReference)
                                    : (view.sort_per_layer ? kAlone : kEndToEnd);
  const auto badness = [&](size_t row) {
    const std::optional<Spread> spread = SpreadOf(analysis.by_row[row], side, *view.sort);
    if (!spread) return -std::numeric_limits<double>::infinity();
    if (std::isnan(spread->mean)) return std::numeric_limits<double>::infinity();
    return view.sort->more_is_better ? -spread->mean : spread->mean;
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return badness(a) > badness(b); });
  return order;
}

std::string LayersText(const Analysis& analysis, const View& view, bool colour) {
  const Side& whole = view.reference ? kEndToEndReference : kEndToEnd;
  const Side& alone = view.reference ? kAloneReference : kAlone;
  std::vector<report::Column> columns{
      {"#", report::Align::kRight}, {"layer", report::Align::kLeft, 34}, {"op"}, {"type"}};
  for (const MetricKind& kind : view.metrics) {
    columns.push_back({std::string(kind.title) + " end to end", report::Align::kRight});
    columns.push_back({"per layer", report::Align::kRight});
  }
  columns.push_back({"rounding alone dB", report::Align::kRight});
  columns.push_back({view.reference ? "integer dB" : "reference dB", report::Align::kRight});
  columns.push_back({"apart steps", report::Align::kRight});
  report::Table table(columns);
  const MetricKind& sqnr = analyze::MetricNamed("sqnr");
  const std::vector<size_t> order = OrderOf(analysis, view);
  const size_t shown = view.rows > 0 ? std::min(order.size(), static_cast<size_t>(view.rows)) : order.size();
  for (size_t i = 0; i < shown; ++i) {
    const Row& row = analysis.rows[order[i]];
    const OneRow& metrics = analysis.by_row[order[i]];
    std::vector<report::Cell> cells{std::to_string(row.layer.index), row.layer.name, row.layer.op, row.layer.dtype};
    for (const MetricKind& kind : view.metrics) {
      cells.emplace_back(Text(kind, SpreadOf(metrics, whole, kind), view.spread));
      cells.emplace_back(Text(kind, SpreadOf(metrics, alone, kind), view.spread));
    }
    cells.emplace_back(Text(sqnr, SpreadOf(metrics, kRounded, sqnr), false));
    cells.emplace_back(Text(sqnr, SpreadOf(metrics, view.reference ? kAlone : kAloneReference, sqnr), false));
    cells.emplace_back(Steps(metrics));
    table.AddRow(std::move(cells));
  }
  std::string text = table.ToText(colour);
  if (shown < order.size())
    text += "and " + graph::Counted(order.size() - shown, "more layer") + " (--top 0 shows all)\n";
  return text;
}

std::string OutputsText(const Analysis& analysis, bool colour) {
  report::Table table({{"output", report::Align::kLeft, 44},
                       {"metric"},
                       {"integer: min", report::Align::kRight},
                       {"mean", report::Align::kRight},
                       {"max", report::Align::kRight},
                       {"reference: mean", report::Align::kRight},
                       {"apart: mean", report::Align::kRight}});
  for (const auto& [name, pictures] : analysis.outputs) {
    for (const MetricKind& kind : analyze::MetricKinds()) {
      if (kind.value == &Metrics::mean_abs) continue;
      const Spread integer = SpreadOf(pictures, &OutputMetrics::integer, kind);
      table.AddRow({kind.value == &Metrics::cosine ? name : "", kind.title, analyze::MetricText(kind, integer.min),
                    analyze::MetricText(kind, integer.mean), analyze::MetricText(kind, integer.max),
                    analyze::MetricText(kind, SpreadOf(pictures, &OutputMetrics::reference, kind).mean),
                    analyze::MetricText(kind, SpreadOf(pictures, &OutputMetrics::apart, kind).mean)});
    }
  }
  return table.ToText(colour);
}

ordered_json SpreadJson(const std::optional<Spread>& spread) {
  if (!spread) return nullptr;
  return {{"min", report::JsonNumber(spread->min)},
          {"mean", report::JsonNumber(spread->mean)},
          {"max", report::JsonNumber(spread->max)}};
}

template <typename ValueOf>
ordered_json MetricsJson(const ValueOf& value_of) {
  ordered_json json = ordered_json::object();
  for (const MetricKind& kind : analyze::MetricKinds()) json[kind.name] = SpreadJson(value_of(kind));
  return json;
}

}  // namespace

std::string ToText(const Analysis& analysis, const View& view, bool colour) {
  if (view.outliers) return OutliersText(analysis.outliers, view.rows, colour);
  std::string text = std::to_string(analysis.pictures.size()) +
                     (analysis.pictures.size() == 1 ? " picture" : " pictures") + ", the float network is the truth; " +
                     (view.reference ? "reference: floats with the roundings of the layers"
                                     : "integer: the joint model's own arithmetic") +
                     (analysis.pictures.size() == 1 ? ""
                      : view.spread                 ? "; mean [min, max]"
                                                    : "; means") +
                     "\n\n";
  text += LayersText(analysis, view, colour) + "\n" + OutputsText(analysis, colour) + "\n";
  if (analysis.findings.empty()) return text + "nothing stands out\n";
  for (const Finding& finding : analysis.findings) text += "* " + finding.what + "\n  do: " + finding.todo + "\n";
  return text;
}

std::string ToJson(const Analysis& analysis) {
  ordered_json json = {{"model", analysis.model}, {"pictures", analysis.pictures}, {"layers", ordered_json::array()}};
  for (size_t i = 0; i < analysis.rows.size(); ++i) {
    const Row& row = analysis.rows[i];
    const OneRow& metrics = analysis.by_row[i];
    ordered_json layer = {{"index", row.layer.index},
                          {"name", row.layer.name},
                          {"op", row.layer.op},
                          {"tensor", row.layer.tensor},
                          {"onnx_nodes", row.layer.onnx_nodes},
                          {"dtype", row.layer.dtype},
                          {"shape", row.layer.shape},
                          {"output", row.output},
                          {"range_cut_on_purpose", row.saturates}};
    for (const Side& side : kSides) {
      layer[side.name] = side.of(metrics.front()).has_value()
                             ? MetricsJson([&](const MetricKind& kind) { return SpreadOf(metrics, side, kind); })
                             : ordered_json(nullptr);
    }
    layer["integer_to_reference_steps"] = SpreadJson(StepsOf(metrics));
    const auto beyond = [](const RowMetrics& one) -> std::optional<double> { return one.beyond; };
    layer["beyond_levels"] = SpreadJson(layerwise::SpreadOf(metrics, beyond, false));
    json["layers"].push_back(std::move(layer));
  }
  json["outputs"] = ordered_json::array();
  for (const auto& [name, pictures] : analysis.outputs) {
    const auto of = [&, &of_output = pictures](Metrics OutputMetrics::*side) {
      return MetricsJson([&](const MetricKind& kind) { return SpreadOf(of_output, side, kind); });
    };
    json["outputs"].push_back({{"output", name},
                               {"integer", of(&OutputMetrics::integer)},
                               {"reference", of(&OutputMetrics::reference)},
                               {"integer_to_reference", of(&OutputMetrics::apart)}});
  }
  json["outliers"] = OutliersJson(analysis.outliers);
  json["findings"] = ordered_json::array();
  for (const Finding& finding : analysis.findings) {
    ordered_json entry = {{"what", finding.what}, {"do", finding.todo}, {"layer", nullptr}};
    if (finding.layer >= 0) entry["layer"] = finding.layer;
    json["findings"].push_back(std::move(entry));
  }
  return report::JsonText(json, 1);
}

std::string ToCsv(const Analysis& analysis) {
  std::vector<std::string> head{"index", "layer", "op", "tensor", "dtype"};
  for (const Side& side : kSides) {
    for (const MetricKind& kind : analyze::MetricKinds()) {
      for (const char* part : {"min", "mean", "max"})
        head.push_back(std::string(side.name) + "." + kind.name + "." + part);
    }
  }
  std::string text = report::CsvLine(head);
  for (size_t i = 0; i < analysis.rows.size(); ++i) {
    const dump::DumpLayer& layer = analysis.rows[i].layer;
    std::vector<std::string> cells{std::to_string(layer.index), layer.name, layer.op, layer.tensor, layer.dtype};
    for (const Side& side : kSides) {
      for (const MetricKind& kind : analyze::MetricKinds()) {
        const std::optional<Spread> spread = SpreadOf(analysis.by_row[i], side, kind);
        for (double Spread::*part : {&Spread::min, &Spread::mean, &Spread::max}) {
          cells.push_back(spread ? report::CsvNumber((*spread).*part) : "");
        }
      }
    }
    text += report::CsvLine(cells);
  }
  return text;
}

}  // namespace lockstep::layerwise
