#include "dump/render_comparison.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dump/render_difference.h"
#include "dump/render_layers.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::dump {
namespace {

using nlohmann::ordered_json;
using report::Cell;

// "2 layers are only in DIR: 3 Conv_3, 4 Add_4", or nothing.
std::string OnlyIn(const std::string& folder, const std::vector<DumpLayer>& layers) {
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

std::vector<std::string> Tensors(const std::vector<DumpLayer>& layers) {
  std::vector<std::string> tensors;
  tensors.reserve(layers.size());
  for (const DumpLayer& layer : layers) tensors.push_back(layer.tensor);
  return tensors;
}

}  // namespace

std::string ToText(const DumpComparison& comparison, bool colour) {
  std::vector<report::Column> columns = LayerColumns();
  columns.push_back({"md5"});
  AddAccuracyColumns(columns);
  report::Table table(columns);
  for (const LayerResult& layer : comparison.layers) {
    std::vector<Cell> cells = LayerCells(layer);
    cells.push_back(Equality(layer));
    for (Cell& cell : AccuracyCells(layer)) cells.push_back(std::move(cell));
    table.AddRow(std::move(cells));
  }
  const std::string text = table.ToText(colour) + "\n" + OnlyIn(comparison.first, comparison.only_first) +
                           OnlyIn(comparison.second, comparison.only_second);
  const LayerCount count = CountLayers(comparison.layers);
  std::string verdict = std::string(VerdictName(comparison.verdict)) + ": " + std::to_string(count.equal()) + " of " +
                        std::to_string(count.all) + " layers have the same md5";
  if (!comparison.complete) verdict += "; a layer is missing in one of the dumps";
  for (const LayerResult& layer : comparison.layers) {
    if (comparison.verdict == Verdict::kDiffers && comparison.complete ? layer.within_tolerance : layer.md5_equal) {
      continue;
    }
    verdict += "; the first that differs is " + std::to_string(layer.index) + " " + layer.name;
    if (layer.accuracy) verdict += " (cosine " + report::ShortNumber(layer.accuracy->cosine, 9) + ")";
    if (layer.difference && layer.difference->first) verdict += ": " + ElementText(*layer.difference);
    break;
  }
  return text + Coloured(verdict, comparison.verdict, colour) + "\n";
}

std::string ToJson(const DumpComparison& comparison) {
  ordered_json layers = ordered_json::array();
  for (const LayerResult& layer : comparison.layers) layers.push_back(ToJson(layer));
  const ordered_json json = {{"first", comparison.first},
                             {"second", comparison.second},
                             {"verdict", VerdictName(comparison.verdict)},
                             {"layers", std::move(layers)},
                             {"complete", comparison.complete},
                             {"only_first", Tensors(comparison.only_first)},
                             {"only_second", Tensors(comparison.only_second)}};
  return report::JsonText(json, 1);
}

}  // namespace lockstep::dump
