#include "crosscheck/render.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::crosscheck {
namespace {

using nlohmann::ordered_json;
using report::Align;
using report::Cell;
using report::Mood;

std::string Join(const std::vector<int64_t>& numbers, const char* separator) {
  std::string text;
  for (const int64_t number : numbers) text += (text.empty() ? "" : separator) + std::to_string(number);
  return text;
}

size_t DifferingLayers(const std::vector<LayerResult>& layers) {
  return static_cast<size_t>(
      std::count_if(layers.begin(), layers.end(), [](const LayerResult& layer) { return !layer.md5_equal; }));
}

Cell Equality(const LayerResult& layer) {
  if (layer.md5_equal) return {"equal", Mood::kGood};
  if (layer.within_tolerance) return {"close", Mood::kNeutral};
  return {"DIFFERS", Mood::kBad};
}

std::vector<Cell> AccuracyCells(const LayerResult& layer) {
  if (!layer.accuracy) return {"-", "-", "-", "-"};
  return {report::FixedNumber(layer.accuracy->cosine, 5), report::FixedNumber(layer.accuracy->sqnr_db, 1),
          report::ShortNumber(layer.accuracy->max_abs, 3),
          layer.dtype == "f32" ? "-" : report::FixedNumber(layer.accuracy->max_steps, 1)};
}

std::vector<report::Column> LayerColumns() {
  return {{"#", Align::kRight}, {"layer", Align::kLeft, 36}, {"operator"}, {"type"}, {"shape", Align::kRight}};
}

std::vector<Cell> LayerCells(const LayerResult& layer) {
  return {std::to_string(layer.index), layer.name, layer.op, layer.dtype, Join(layer.shape, "x")};
}

void AddAccuracyColumns(std::vector<report::Column>& columns) {
  columns.push_back({"cosine", Align::kRight});
  columns.push_back({"SQNR dB", Align::kRight});
  columns.push_back({"max abs", Align::kRight});
  columns.push_back({"max steps", Align::kRight});
}

// One row per layer; the accuracy is that of the board that is worst there.
report::Table LayerTable(const CrosscheckResult& result) {
  std::vector<report::Column> columns = LayerColumns();
  for (const BoardResult& board : result.boards) columns.push_back({board.name});
  AddAccuracyColumns(columns);
  report::Table table(columns);
  if (result.boards.empty()) return table;
  for (size_t i = 0; i < result.boards.front().layers.size(); ++i) {
    const LayerResult* shown = &result.boards.front().layers[i];
    std::vector<Cell> cells = LayerCells(*shown);
    for (const BoardResult& board : result.boards) {
      cells.push_back(Equality(board.layers[i]));
      const auto& accuracy = board.layers[i].accuracy;
      if (accuracy && shown->accuracy && accuracy->cosine < shown->accuracy->cosine) shown = &board.layers[i];
    }
    for (Cell& cell : AccuracyCells(*shown)) cells.push_back(std::move(cell));
    table.AddRow(std::move(cells));
  }
  return table;
}

report::Table BoardTable(const CrosscheckResult& result) {
  report::Table table({{"board"},
                       {"layers", Align::kRight},
                       {"equal", Align::kRight},
                       {"differ", Align::kRight},
                       {"builds"},
                       {"seconds", Align::kRight}});
  for (const BoardResult& board : result.boards) {
    const size_t differing = DifferingLayers(board.layers);
    std::string builds;
    bool builds_good = true;
    for (const BuildResult& build : board.builds) {
      builds += (builds.empty() ? "" : " ") + build.build + (build.outputs_equal ? "" : " DIFFERS");
      builds_good = builds_good && build.outputs_equal;
    }
    table.AddRow({board.name, std::to_string(board.layers.size()), std::to_string(board.layers.size() - differing),
                  Cell(std::to_string(differing), differing == 0 ? Mood::kGood : Mood::kBad),
                  Cell(builds.empty() ? "debug" : builds, builds_good ? Mood::kNeutral : Mood::kBad),
                  report::FixedNumber(board.seconds, 1)});
  }
  return table;
}

std::string ElementText(const ElementComparison& difference) {
  const ElementDifference& first = *difference.first;
  std::string text = "element [" + Join(first.coordinates, ",") + "] (ONNX order [" +
                     Join(first.onnx_coordinates, ",") + "]) should be ";
  if (first.expected_stored && first.actual_stored) {
    text += std::to_string(*first.expected_stored) + " and is " + std::to_string(*first.actual_stored) +
            " (real values " + report::ShortNumber(first.expected, 7) + " and " + report::ShortNumber(first.actual, 7) +
            ")";
  } else {
    text += report::ShortNumber(first.expected, 9) + " and is " + report::ShortNumber(first.actual, 9);
  }
  return text + "; " + std::to_string(difference.differing) + " of " + std::to_string(difference.elements) +
         " elements differ, by at most " + report::ShortNumber(difference.max_abs) + " or " +
         report::ShortNumber(difference.max_steps) + " steps";
}

ordered_json Number(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr); }

ordered_json ToJson(const LayerResult& layer) {
  ordered_json json = {{"index", layer.index},         {"name", layer.name},   {"op", layer.op},
                       {"tensor", layer.tensor},       {"dtype", layer.dtype}, {"shape", layer.shape},
                       {"md5_equal", layer.md5_equal}, {"cosine", nullptr},    {"sqnr_db", nullptr},
                       {"max_abs", nullptr},           {"max_steps", nullptr}};
  if (layer.accuracy) {
    json["cosine"] = Number(layer.accuracy->cosine);
    json["sqnr_db"] = Number(layer.accuracy->sqnr_db);
    json["max_abs"] = Number(layer.accuracy->max_abs);
    json["max_steps"] = Number(layer.accuracy->max_steps);
  }
  if (layer.difference) {
    json["repeatable"] = layer.repeatable;
    json["differing_elements"] = layer.difference->differing;
    json["difference_max_abs"] = Number(layer.difference->max_abs);
    json["difference_max_steps"] = Number(layer.difference->max_steps);
  }
  return json;
}

ordered_json ToJson(const FirstDifference& first) {
  ordered_json json = {{"board", first.board},      {"input", first.input}, {"index", first.layer.index},
                       {"name", first.layer.name},  {"op", first.layer.op}, {"tensor", first.layer.tensor},
                       {"dtype", first.layer.dtype}};
  if (first.layer.difference && first.layer.difference->first) {
    const ElementComparison& difference = *first.layer.difference;
    json["coordinates"] = difference.first->coordinates;
    json["onnx_coordinates"] = difference.first->onnx_coordinates;
    json["expected"] = Number(difference.first->expected);
    json["actual"] = Number(difference.first->actual);
    if (difference.first->expected_stored) json["expected_stored"] = *difference.first->expected_stored;
    if (difference.first->actual_stored) json["actual_stored"] = *difference.first->actual_stored;
    json["differing_elements"] = difference.differing;
    json["elements"] = difference.elements;
    json["max_abs"] = Number(difference.max_abs);
    json["max_steps"] = Number(difference.max_steps);
  }
  return json;
}

std::string BoardNames(const CrosscheckResult& result) {
  std::string names;
  for (size_t i = 0; i < result.boards.size(); ++i) {
    names += (i == 0 ? "" : (i + 1 == result.boards.size() ? " and " : ", ")) + result.boards[i].name;
  }
  return names;
}

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

std::string Coloured(const std::string& text, Verdict verdict, bool colour) {
  if (!colour) return text;
  return (verdict == Verdict::kDiffers ? "\033[1;31m" : "\033[1;32m") + text + "\033[0m";
}

}  // namespace

std::string VerdictText(const CrosscheckResult& result) {
  const size_t layers = result.boards.empty() ? 0 : result.boards.front().layers.size();
  const std::string over =
      result.inputs.size() == 1 ? "" : " for all " + std::to_string(result.inputs.size()) + " inputs";
  if (result.verdict == Verdict::kExact) {
    return "exact: all " + std::to_string(layers) + " layers have the same md5 in the reference engine and on " +
           BoardNames(result) + over;
  }
  std::string text;
  if (result.first_difference) {
    const LayerResult& layer = result.first_difference->layer;
    text = std::string(result.verdict == Verdict::kDiffers ? "differs" : "within tolerance") +
           ": the first layer that differs is " + std::to_string(layer.index) + " " + layer.name + " (" + layer.op +
           ") on " + result.first_difference->board + " with " + result.first_difference->input;
    if (!layer.repeatable) {
      text += ": two runs of the board on the same bytes disagree about it; look for a race or bad memory first";
    }
    if (layer.difference && layer.difference->first) text += ": " + ElementText(*layer.difference);
  } else {
    text = "differs: every layer of the debug build is equal, but an output of another build is not";
  }
  return text;
}

std::string ToText(const CrosscheckResult& result, bool colour) {
  return LayerTable(result).ToText(colour) + "\n" + BoardTable(result).ToText(colour) + "\n" +
         Coloured(VerdictText(result), result.verdict, colour) + "\n";
}

std::string ToJson(const CrosscheckResult& result) {
  ordered_json boards = ordered_json::array();
  for (const BoardResult& board : result.boards) {
    ordered_json layers = ordered_json::array();
    for (const LayerResult& layer : board.layers) layers.push_back(ToJson(layer));
    ordered_json json = {{"name", board.name}, {"seconds", board.seconds}, {"layers", std::move(layers)}};
    for (const BuildResult& build : board.builds) json["builds"][build.build] = build.outputs_equal;
    boards.push_back(std::move(json));
  }
  const ordered_json json = {
      {"model", result.model},
      {"model_digest", result.model_digest},
      {"inputs", result.inputs},
      {"verdict", VerdictName(result.verdict)},
      {"text", VerdictText(result)},
      {"boards", std::move(boards)},
      {"first_difference", result.first_difference ? ToJson(*result.first_difference) : ordered_json(nullptr)}};
  return report::JsonText(json, 1);
}

std::string ToHtml(const CrosscheckResult& result) {
  std::string body = "<p class=\"verdict " + std::string(result.verdict == Verdict::kDiffers ? "bad" : "good") + "\">" +
                     report::EscapeHtml(VerdictText(result)) + "</p>\n<p>Model " + report::EscapeHtml(result.model) +
                     ", digest " + report::EscapeHtml(result.model_digest) + "</p>\n<ul>\n";
  for (const std::string& input : result.inputs) body += "<li>" + report::EscapeHtml(input) + "</li>\n";
  body += "</ul>\n<h2>Boards</h2>\n" + BoardTable(result).ToHtml() + "<h2>Layers</h2>\n<div class=\"wide\">\n" +
          LayerTable(result).ToHtml() + "</div>\n";
  return report::HtmlPage("Crosscheck", body);
}

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
  std::string verdict = std::string(VerdictName(comparison.verdict)) + ": " +
                        std::to_string(comparison.layers.size() - DifferingLayers(comparison.layers)) + " of " +
                        std::to_string(comparison.layers.size()) + " layers have the same md5";
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

}  // namespace lockstep::crosscheck
