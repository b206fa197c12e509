#include "crosscheck/render.h"

#include <nlohmann/json.hpp>

#include "crosscheck/layer_causes.h"
#include "dump/render_difference.h"
#include "dump/render_layers.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::crosscheck {
namespace {

using nlohmann::ordered_json;
using report::Align;
using report::Cell;
using report::JsonNumber;
using report::Mood;

// One row per layer; the accuracy is that of the board that is worst there.
report::Table LayerTable(const CrosscheckResult& result) {
  std::vector<report::Column> columns = dump::LayerColumns();
  for (const BoardResult& board : result.boards) columns.push_back({board.name});
  dump::AddAccuracyColumns(columns);
  report::Table table(columns);
  if (result.boards.empty()) return table;
  for (size_t i = 0; i < result.boards.front().layers.size(); ++i) {
    const dump::LayerResult* shown = &result.boards.front().layers[i];
    std::vector<Cell> cells = dump::LayerCells(*shown);
    for (const BoardResult& board : result.boards) {
      cells.push_back(dump::Equality(board.layers[i]));
      const auto& accuracy = board.layers[i].accuracy;
      if (accuracy && shown->accuracy && accuracy->cosine < shown->accuracy->cosine) shown = &board.layers[i];
    }
    for (Cell& cell : dump::AccuracyCells(*shown)) cells.push_back(std::move(cell));
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
    const dump::LayerCount count = dump::CountLayers(board.layers);
    std::string builds;
    bool builds_good = true;
    for (const BuildResult& build : board.builds) {
      builds += (builds.empty() ? "" : " ") + build.build + (build.outputs_equal ? "" : " DIFFERS");
      builds_good = builds_good && build.outputs_equal;
    }
    table.AddRow({board.name, std::to_string(count.all), std::to_string(count.equal()),
                  Cell(std::to_string(count.differing), count.differing == 0 ? Mood::kGood : Mood::kBad),
                  Cell(builds.empty() ? "debug" : builds, builds_good ? Mood::kNeutral : Mood::kBad),
                  report::FixedNumber(board.seconds, 1)});
  }
  return table;
}

ordered_json ToJson(const FirstDifference& first) {
  ordered_json json = {{"board", first.board},      {"input", first.input}, {"index", first.layer.index},
                       {"name", first.layer.name},  {"op", first.layer.op}, {"tensor", first.layer.tensor},
                       {"dtype", first.layer.dtype}};
  if (first.layer.difference && first.layer.difference->first) {
    const dump::ElementComparison& difference = *first.layer.difference;
    json["coordinates"] = difference.first->coordinates;
    json["onnx_coordinates"] = difference.first->onnx_coordinates;
    json["expected"] = JsonNumber(difference.first->expected);
    json["actual"] = JsonNumber(difference.first->actual);
    if (difference.first->expected_stored) json["expected_stored"] = *difference.first->expected_stored;
    if (difference.first->actual_stored) json["actual_stored"] = *difference.first->actual_stored;
    json["differing_elements"] = difference.differing;
    json["elements"] = difference.elements;
    json["max_abs"] = JsonNumber(difference.max_abs);
    json["max_steps"] = JsonNumber(difference.max_steps);
  }
  return json;
}

ordered_json ToJson(const LayerCause& cause) {
  ordered_json json = {
      {"index", cause.index}, {"name", cause.name}, {"op", cause.op}, {"cause", CauseName(cause.cause)}};
  if (cause.cause == Cause::kOverwritten) {
    json["tensor"] = cause.tensor;
    json["suspects"] = cause.suspects;
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

// Of each board the first layers that differ.
std::string DifferenceLines(const CrosscheckResult& result) {
  constexpr size_t kMostLayers = 4;
  std::string lines;
  for (const BoardResult& board : result.boards) {
    const std::string of_board = dump::DifferenceLines(board.layers, kMostLayers);
    if (!of_board.empty()) lines += "what differs on " + board.name + "\n" + of_board + "\n";
  }
  return lines;
}

std::string NoteLines(const CrosscheckResult& result) {
  std::string lines;
  for (const std::string& note : result.notes) lines += "note: " + note + "\n";
  return lines;
}

}  // namespace

std::string VerdictText(const CrosscheckResult& result) {
  const size_t layers = result.boards.empty() ? 0 : dump::CountLayers(result.boards.front().layers).all;
  const std::string over =
      result.inputs.size() == 1 ? "" : " for all " + std::to_string(result.inputs.size()) + " inputs";
  if (result.verdict == dump::Verdict::kExact) {
    return "exact: " + (layers == 1 ? "the only layer has" : "all " + std::to_string(layers) + " layers have") +
           " the same md5 in the reference engine and on " + BoardNames(result) + over;
  }
  std::string text;
  if (result.first_difference) {
    const dump::LayerResult& layer = result.first_difference->layer;
    text = std::string(result.verdict == dump::Verdict::kDiffers ? "differs" : "within tolerance") +
           ": the first layer that differs is " + std::to_string(layer.index) + " " + layer.name + " (" + layer.op +
           ") on " + result.first_difference->board + " with " + result.first_difference->input;
    if (!layer.repeatable) {
      text += ": two runs of the board on the same bytes disagree about it; look for a race or bad memory first";
    }
    if (layer.difference && layer.difference->first) text += ": " + dump::ElementText(*layer.difference);
  } else {
    text = "differs: every layer of the debug build is equal, but an output of another build is not";
  }
  for (const BoardResult& board : result.boards) {
    const std::string lines = CauseLines(board);
    if (!lines.empty()) text += "\n" + lines.substr(0, lines.size() - 1);
  }
  return text;
}

std::string ToText(const CrosscheckResult& result, bool colour) {
  return LayerTable(result).ToText(colour) + "\n" + BoardTable(result).ToText(colour) + "\n" + DifferenceLines(result) +
         NoteLines(result) + dump::Coloured(VerdictText(result), result.verdict, colour) + "\n";
}

std::string ToJson(const CrosscheckResult& result) {
  ordered_json boards = ordered_json::array();
  for (const BoardResult& board : result.boards) {
    ordered_json layers = ordered_json::array();
    for (const dump::LayerResult& layer : board.layers) layers.push_back(dump::ToJson(layer));
    ordered_json json = {{"name", board.name}, {"seconds", board.seconds}, {"layers", std::move(layers)}};
    for (const BuildResult& build : board.builds) json["builds"][build.build] = build.outputs_equal;
    json["causes"] = ordered_json::array();
    for (const LayerCause& cause : board.causes) json["causes"].push_back(ToJson(cause));
    if (!board.isolated_error.empty()) json["isolated_error"] = board.isolated_error;
    boards.push_back(std::move(json));
  }
  const ordered_json json = {
      {"model", result.model},
      {"model_digest", result.model_digest},
      {"inputs", result.inputs},
      {"notes", result.notes},
      {"verdict", dump::VerdictName(result.verdict)},
      {"text", VerdictText(result)},
      {"boards", std::move(boards)},
      {"first_difference", result.first_difference ? ToJson(*result.first_difference) : ordered_json(nullptr)}};
  return report::JsonText(json, 1);
}

std::string ToHtml(const CrosscheckResult& result) {
  std::string body = "<p class=\"verdict " + std::string(result.verdict == dump::Verdict::kDiffers ? "bad" : "good") +
                     "\">" + report::EscapeHtml(VerdictText(result)) + "</p>\n<p>Model " +
                     report::EscapeHtml(result.model) + ", digest " + report::EscapeHtml(result.model_digest) +
                     "</p>\n<ul>\n";
  for (const std::string& input : result.inputs) body += "<li>" + report::EscapeHtml(input) + "</li>\n";
  for (const std::string& note : result.notes) body += "<li>note: " + report::EscapeHtml(note) + "</li>\n";
  body += "</ul>\n<h2>Boards</h2>\n" + BoardTable(result).ToHtml() + "<h2>Layers</h2>\n<div class=\"wide\">\n" +
          LayerTable(result).ToHtml() + "</div>\n";
  const std::string lines = DifferenceLines(result);
  if (!lines.empty()) body += "<pre>" + report::EscapeHtml(lines) + "</pre>\n";
  return report::HtmlPage("Crosscheck", body);
}

}  // namespace lockstep::crosscheck
