#include "compare/render.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dump/render_difference.h"
#include "dump/render_layers.h"
#include "graph/counted.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::compare {
namespace {

using nlohmann::ordered_json;
using report::Cell;

// "2 layers are only in DIR: 3 Conv_3, 4 Add_4", or nothing.
std::string OnlyIn(const std::string& folder, const std::vector<dump::DumpLayer>& layers) {
  if (layers.empty()) return "";
  constexpr size_t kNamed = 8;
  std::string text =
      std::to_string(layers.size()) + (layers.size() == 1 ? " layer is" : " layers are") + " only in " + folder + ":";
  for (size_t i = 0; i < std::min(kNamed, layers.size()); ++i) {
    text += (i == 0 ? " " : ", ") + std::to_string(layers[i].index) + " " + layers[i].name;
  }
  if (layers.size() > kNamed) text += " and " + std::to_string(layers.size() - kNamed) + " more";
  return text + "\n";
}

std::vector<std::string> Tensors(const std::vector<dump::DumpLayer>& layers) {
  std::vector<std::string> tensors;
  tensors.reserve(layers.size());
  for (const dump::DumpLayer& layer : layers) tensors.push_back(layer.tensor);
  return tensors;
}

bool AnyNamed(const FolderComparison& comparison) {
  return std::any_of(comparison.layers.begin(), comparison.layers.end(),
                     [](const PairResult& one) { return !one.layer.op.empty(); });
}

// "2 elements are NaN", "1 element is NaN and 3 are infinite", or nothing.
std::string NotFiniteText(const NotFinite& counts) {
  std::string text;
  for (const auto& [count, what] : {std::pair(counts.nan, "NaN"), std::pair(counts.infinite, "infinite")}) {
    if (count == 0) continue;
    text += text.empty() ? graph::Counted(static_cast<size_t>(count), "element") : " and " + std::to_string(count);
    text += std::string(count == 1 ? " is " : " are ") + what;
  }
  return text;
}

// What a line of the table has no room for: a sentence for each of the first tensors.
std::string SpecialText(const FolderComparison& comparison) {
  constexpr size_t kNamed = 8;
  std::string text;
  size_t found = 0;
  const auto add = [&](const PairResult& one, const std::string& what) {
    if (found++ < kNamed) text += std::to_string(one.layer.index) + " " + one.layer.name + ": " + what + "\n";
  };
  for (const PairResult& one : comparison.layers) {
    if (!one.not_comparable.empty()) add(one, "not compared: " + one.not_comparable);
    const std::string first = NotFiniteText(one.first_not_finite);
    const std::string second = NotFiniteText(one.second_not_finite);
    if (!first.empty()) add(one, "in " + comparison.first + " " + first);
    if (!second.empty()) add(one, "in " + comparison.second + " " + second);
  }
  if (found > kNamed) text += "and " + std::to_string(found - kNamed) + " more such lines (--json has all)\n";
  return text;
}

ordered_json ToJson(const NotFinite& counts) { return {{"nan", counts.nan}, {"infinite", counts.infinite}}; }

std::string TotalsText(const FolderComparison& comparison) {
  const Totals& totals = comparison.totals;
  std::string text = "all together: " + std::to_string(totals.differing_elements) + " of " +
                     std::to_string(totals.elements) + " elements differ, in " +
                     std::to_string(totals.tensors - totals.equal - totals.not_comparable) + " of " +
                     std::to_string(totals.tensors) + " tensors";
  if (totals.worst >= 0) {
    const PairResult& worst = comparison.layers[static_cast<size_t>(totals.worst)];
    text += "; mean cosine " + report::ShortNumber(totals.mean_cosine, 9);
    if (totals.equal < totals.tensors) {
      text += ", the lowest " + report::ShortNumber(worst.layer.accuracy->cosine, 9) + " (" + worst.layer.name + ")";
    }
  }
  return text + "\n";
}

ordered_json ToJson(const FolderComparison& comparison, const Totals& totals) {
  ordered_json json = {{"tensors", totals.tensors},     {"md5_equal", totals.equal},
                       {"differing", totals.differing}, {"not_comparable", totals.not_comparable},
                       {"elements", totals.elements},   {"differing_elements", totals.differing_elements},
                       {"mean_cosine", nullptr},        {"worst", nullptr}};
  if (totals.worst >= 0) {
    json["mean_cosine"] = report::JsonNumber(totals.mean_cosine);
    json["worst"] = comparison.layers[static_cast<size_t>(totals.worst)].layer.name;
  }
  return json;
}

}  // namespace

std::string ToText(const FolderComparison& comparison, bool colour) {
  std::vector<report::Column> columns = dump::LayerColumns();
  columns.push_back({"md5"});
  dump::AddAccuracyColumns(columns);
  const bool named = AnyNamed(comparison);  // raw files have no operators
  if (!named) columns.erase(columns.begin() + 2);
  report::Table table(columns);
  for (const PairResult& one : comparison.layers) {
    std::vector<Cell> cells = dump::LayerCells(one.layer);
    if (!named) cells.erase(cells.begin() + 2);
    cells.push_back(one.not_comparable.empty() ? dump::Equality(one.layer) : Cell("NOT COMPARED", report::Mood::kBad));
    for (Cell& cell : dump::AccuracyCells(one.layer)) cells.push_back(std::move(cell));
    table.AddRow(std::move(cells));
  }
  std::string text = table.ToText(colour) + "\n" + OnlyIn(comparison.first, comparison.only_first) +
                     OnlyIn(comparison.second, comparison.only_second);
  for (const std::string& note : comparison.notes) text += "note: " + note + "\n";
  text += SpecialText(comparison) + TotalsText(comparison);
  std::vector<dump::LayerResult> layers;
  for (const PairResult& one : comparison.layers) layers.push_back(one.layer);
  const dump::LayerCount count = dump::CountLayers(layers);
  std::string verdict = std::string(dump::VerdictName(comparison.verdict)) + ": " + std::to_string(count.equal()) +
                        " of " + std::to_string(count.all) + (comparison.dumps ? " layers have" : " tensors have") +
                        " the same md5";
  if (!comparison.complete)
    verdict += comparison.dumps ? "; a layer is missing in one of the dumps" : "; a file is missing";
  if (comparison.totals.not_comparable != 0) {
    verdict += "; " + graph::Counted(comparison.totals.not_comparable, "tensor") + " not compared";
  }
  for (const PairResult& one : comparison.layers) {
    const dump::LayerResult& layer = one.layer;
    if (!one.not_comparable.empty()) continue;
    const bool good =
        comparison.verdict == dump::Verdict::kDiffers && comparison.complete ? layer.within_tolerance : layer.md5_equal;
    if (good) continue;
    verdict += "; the first that differs is " + std::to_string(layer.index) + " " + layer.name;
    if (layer.accuracy) verdict += " (cosine " + report::ShortNumber(layer.accuracy->cosine, 9) + ")";
    if (layer.difference && layer.difference->first) verdict += ": " + dump::ElementText(*layer.difference);
    break;
  }
  return text + dump::Coloured(verdict, comparison.verdict, colour) + "\n";
}

std::string ToJson(const FolderComparison& comparison) {
  ordered_json layers = ordered_json::array();
  for (const PairResult& one : comparison.layers) {
    layers.push_back(dump::ToJson(one.layer));
    layers.back()["elements"] = one.elements;
    layers.back()["within_tolerance"] = one.layer.within_tolerance;
    if (!one.order.empty()) layers.back()["order"] = one.order;
    if (!one.not_comparable.empty()) layers.back()["not_comparable"] = one.not_comparable;
    if (one.first_not_finite.any() || one.second_not_finite.any()) {
      layers.back()["not_finite"] = {{"first", ToJson(one.first_not_finite)},
                                     {"second", ToJson(one.second_not_finite)}};
    }
  }
  const ordered_json json = {{"first", comparison.first},
                             {"second", comparison.second},
                             {"verdict", dump::VerdictName(comparison.verdict)},
                             {"layers", std::move(layers)},
                             {"totals", ToJson(comparison, comparison.totals)},
                             {"complete", comparison.complete},
                             {"only_first", Tensors(comparison.only_first)},
                             {"only_second", Tensors(comparison.only_second)},
                             {"notes", comparison.notes}};
  return report::JsonText(json, 1);
}

}  // namespace lockstep::compare
