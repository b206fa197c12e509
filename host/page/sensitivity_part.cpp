// What `sensitivity` and `tune` found: what each node costs the outputs, and which got more bits.
#include <algorithm>
#include <cmath>

#include "page/accuracy_measure.h"
#include "page/result.h"

namespace lockstep::page {
namespace {

int LayerOf(const Json& entry, const LayerNames& names) {
  const int by_tensor = names.OfTensor(TextAt(entry, "tensor"));
  return by_tensor >= 0 ? by_tensor : names.OfNode(TextAt(entry, "node"));
}

}  // namespace

void AddSensitivity(const Result& result, PageData& page) {
  const LayerNames names(page);
  const char* explain =
      "of the outputs when this node alone is quantised, the worst output; low: it is worth more bits";
  Measure column = SqnrMeasure("sensitivity.sqnr", "node alone", explain);
  column.family = "sensitivity";
  Measure& measure = page.Add(std::move(column));
  for (const Json& node : result.json.at("nodes")) {
    const int layer = LayerOf(node, names);
    if (layer < 0) continue;
    double& value = measure.values[static_cast<size_t>(layer)];
    for (const auto& [name, metrics] : node.at("outputs").items()) {
      const double sqnr = NumberAt(metrics, {"sqnr"});
      if (!std::isnan(sqnr)) value = std::isnan(value) ? sqnr : std::min(value, sqnr);
    }
  }
}

void AddTune(const Result& result, PageData& page) {
  const Json& json = result.json;
  const LayerNames names(page);
  Measure column{"tune.bits", "tuned bits", "tune", "bits", "", "what tune gives the node's values"};
  column.shown = false;
  Measure& measure = page.Add(std::move(column));
  for (const Json& raised : ListAt(json, "raised")) {
    const int layer = LayerOf(raised, names);
    if (layer < 0) continue;
    double& value = measure.values[static_cast<size_t>(layer)];
    const double bits = NumberAt(raised, {"bits"});
    value = std::isnan(value) ? bits : std::max(value, bits);
    page.layers[static_cast<size_t>(layer)].facts.emplace_back(
        "tuned", std::to_string(static_cast<int>(bits)) + " bits for the " + TextAt(raised, "part"));
  }
  const bool reached = json.at("reached").get<bool>();
  char text[200];
  std::snprintf(text, sizeof text, "%s %.5g, wanted %.5g: %s with %d nodes of more bits",
                TextAt(json, "metric").c_str(), NumberAt(json, {"value"}), NumberAt(json, {"target"}),
                reached ? "reached" : "out of reach", json.value("nodes_raised", 0));
  page.verdicts.push_back({reached ? Mood::kGood : Mood::kBad, text, "tune"});
}

}  // namespace lockstep::page
