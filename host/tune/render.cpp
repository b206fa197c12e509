#include "tune/render.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "graph/counted.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::tune {
namespace {

using Kind = SearchStep::Kind;
using nlohmann::ordered_json;

double Decibels(double error) { return -10.0 * std::log10(error); }

std::string WhatOf(const SearchStep& step) {
  switch (step.kind) {
    case Kind::kAsItIs:
      return "as it is";
    case Kind::kThreshold:
      return *step.threshold == 0.0 ? "all nodes"
                                    : "nodes up to " + report::FixedNumber(Decibels(*step.threshold), 1) + " dB";
    case Kind::kGain:
      return "of these the " + std::to_string(step.raises) + " best for their cost";
    case Kind::kWithout:
      return "without what is unnecessary";
    case Kind::kFewerBits:
      return "fewer bits";
  }
  return "";
}

const char* NameOf(Kind kind) {
  switch (kind) {
    case Kind::kAsItIs:
      return "as_it_is";
    case Kind::kThreshold:
      return "threshold";
    case Kind::kGain:
      return "gain_by_cost";
    case Kind::kWithout:
      return "without";
    case Kind::kFewerBits:
      return "fewer_bits";
  }
  return "";
}

bool InPercent(const Target& target) { return target.kind == Target::Kind::kMetric && target.metric == "kept"; }

std::string MetricName(const Target& target) {
  return target.kind == Target::Kind::kMetric ? target.metric : ToText(target.kind);
}

std::string ValueText(double value, const Target& target) {
  return report::FixedNumber(value, target.kind == Target::Kind::kSqnr || InPercent(target) ? 2 : 5);
}

ordered_json Finite(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr); }

std::string StepsText(const TuneResult& result, const Target& target, bool colour) {
  report::Table table({{"", report::Align::kRight},
                       {"step"},
                       {"nodes raised", report::Align::kRight},
                       {MetricName(target) + (InPercent(target) ? ", %" : ""), report::Align::kRight},
                       {"cost %", report::Align::kRight},
                       {""}});
  size_t number = 0;
  for (const SearchStep& step : result.search.steps) {
    ++number;
    const bool drops = step.kind == Kind::kWithout || step.kind == Kind::kFewerBits;
    if (drops && !step.met) continue;
    const double cost = 100.0 * step.outcome.cost / result.cost_before.value();
    table.AddRow({std::to_string(number),
                  WhatOf(step),
                  std::to_string(step.nodes),
                  {ValueText(step.outcome.value, target), step.met ? report::Mood::kGood : report::Mood::kBad},
                  report::FixedNumber(cost, 1),
                  step.met ? "met" : ""});
  }
  return table.ToText(colour);
}

std::string RaisedText(const TuneResult& result, bool colour) {
  report::Table table({{"node", report::Align::kLeft, 44},
                       {"operator"},
                       {"raised"},
                       {"bits", report::Align::kRight},
                       {"error alone, dB", report::Align::kRight}});
  constexpr size_t kMostRows = 40;
  const size_t shown = std::min(kMostRows, result.raised.size());
  for (size_t i = 0; i < shown; ++i) {
    const Raised& raised = result.raised[i];
    table.AddRow({raised.node, raised.op, sensitivity::ToText(raised.part), std::to_string(raised.bits),
                  report::FixedNumber(Decibels(raised.error), 1)});
  }
  std::string text = table.ToText(colour);
  if (shown < result.raised.size()) {
    text += "and " + std::to_string(result.raised.size() - shown) + " more that make less of the error\n";
  }
  return text;
}

std::string CostText(const Cost& cost) {
  return report::ByteCount(cost.bytes) + " moved, " + report::FixedNumber(cost.macs / 1e6, 0) + " M MACs of 8 bits";
}

}  // namespace

std::string ToText(const TuneResult& result, const TuneOptions& options, bool colour) {
  const SearchResult& search = result.search;
  std::string text =
      "ranked on " + std::to_string(result.ranked_on.size()) + ", decided on " +
      (options.target.kind == Target::Kind::kMetric ? "the labelled pictures"
                                                    : graph::Counted(result.decided_on.size(), "other run")) +
      (result.held_back ? "; the calibration used none of them\n" : "; the calibration used them too\n");
  text += StepsText(result, options.target, colour);
  if (!result.raised.empty()) text += "\n" + RaisedText(result, colour);
  text += "\nbefore: " + CostText(result.cost_before) + "\nnow:    " + CostText(result.cost) + "\n";
  if (search.threshold_nodes > 0) {
    text += "the order of sensitivity alone needs " +
            graph::Counted(static_cast<size_t>(search.threshold_nodes), "node") + "\n";
  }
  for (const Subgraph& subgraph : result.subgraphs) {
    text += "subgraph " + subgraph.from + ".." + subgraph.to + ": " + std::to_string(subgraph.raised) + " of its " +
            graph::Counted(static_cast<size_t>(subgraph.nodes), "node") + (subgraph.raised == 1 ? " is" : " are") +
            " raised\n";
  }
  if (!search.reached) {
    text += "the target is out of reach: with more bits for everything it is " +
            ValueText(search.outcome.value, options.target) + "\n";
  }
  return text;
}

std::string ToJson(const TuneResult& result, const TuneOptions& options) {
  const SearchResult& search = result.search;
  ordered_json json{{"metric", MetricName(options.target)},
                    {"target", options.target.value},
                    {"reached", search.reached},
                    {"value", Finite(search.outcome.value)},
                    {"threshold_nodes", search.threshold_nodes}};
  std::set<std::string> nodes;
  for (const Raised& raised : result.raised) nodes.insert(raised.node);
  json["nodes_raised"] = nodes.size();
  for (const auto& [name, cost] : {std::pair{"cost_before", result.cost_before}, std::pair{"cost", result.cost}}) {
    json[name] = {{"bytes", cost.bytes}, {"macs", cost.macs}, {"value", cost.value()}};
  }
  json["steps"] = ordered_json::array();
  for (const SearchStep& step : search.steps) {
    ordered_json row{{"step", NameOf(step.kind)}};
    if (step.threshold) row["threshold_db"] = Finite(Decibels(*step.threshold));
    row.update({{"nodes_raised", step.nodes},
                {"values_raised", step.raises},
                {"value", Finite(step.outcome.value)},
                {"cost", step.outcome.cost},
                {"met", step.met}});
    json["steps"].push_back(std::move(row));
  }
  json["raised"] = ordered_json::array();
  for (const Raised& raised : result.raised) {
    json["raised"].push_back({{"node", raised.node},
                              {"operator", raised.op},
                              {"tensor", raised.tensor},
                              {"part", sensitivity::ToText(raised.part)},
                              {"bits", raised.bits},
                              {"error", raised.error}});
  }
  json["subgraphs"] = ordered_json::array();
  for (const Subgraph& subgraph : result.subgraphs) {
    json["subgraphs"].push_back(
        {{"from", subgraph.from}, {"to", subgraph.to}, {"nodes", subgraph.nodes}, {"raised", subgraph.raised}});
  }
  json["ranked_on"] = result.ranked_on;
  json["decided_on"] = result.decided_on;
  json["held_back"] = result.held_back;
  json["config"] = result.config;
  return report::JsonText(json, 2);
}

}  // namespace lockstep::tune
