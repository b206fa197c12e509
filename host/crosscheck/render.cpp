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

// What is said of a layer on one board.
Cell LayerVerdict(const BoardResult& board, size_t layer) {
  const dump::LayerResult& result = board.layers[layer];
  for (const LayerCause& cause : board.causes) {
    if (cause.index != result.index) continue;
    const bool own = cause.cause != Cause::kInputs;
    return {CauseWords(cause.cause), own ? Mood::kBad : Mood::kNeutral};
  }
  return dump::Equality(result);
}

// The board on which a layer is farthest from the float network.
size_t WorstBoard(const CrosscheckResult& result, size_t layer) {
  size_t worst = 0;
  for (size_t i = 1; i < result.boards.size(); ++i) {
    const auto& accuracy = result.boards[i].layers[layer].accuracy;
    const auto& worst_accuracy = result.boards[worst].layers[layer].accuracy;
    if (accuracy && worst_accuracy && accuracy->cosine < worst_accuracy->cosine) worst = i;
  }
  return worst;
}

Cell Cosine(double value) { return report::FixedNumber(value, 5); }
Cell Decibels(double value) { return report::FixedNumber(value, 1); }

// One row per layer; the board's errors are those of the board that is worst there.
report::Table LayerTable(const CrosscheckResult& result) {
  constexpr size_t kNameWidth = 24;
  constexpr size_t kInputWidth = 20;
  const bool floats = !result.simulator.empty();
  const bool single = !result.simulator_single.empty();
  const bool several = result.inputs.size() > 1;
  std::vector<report::Column> columns = {{"#", Align::kRight}, {"layer", Align::kLeft, kNameWidth}, {"operator"}};
  for (const BoardResult& board : result.boards) columns.push_back({board.name});
  const auto add = [&](const char* title) { columns.push_back({title, Align::kRight}); };
  if (floats) {
    for (const char* title : {"PC cosine", "dB", "board cosine"}) add(title);
    if (several) add("mean");
    for (const char* title : {"dB", "steps"}) add(title);
    if (single) {
      for (const char* title : {"PC single", "dB", "board single", "dB"}) add(title);
    }
  }
  if (several) columns.push_back({"worst input", Align::kLeft, kInputWidth});
  report::Table table(columns);
  if (result.boards.empty()) return table;
  for (size_t i = 0; i < result.boards.front().layers.size(); ++i) {
    const BoardResult& worst = result.boards[WorstBoard(result, i)];
    const dump::LayerResult& layer = worst.layers[i];
    const std::string output = layer.output >= 0 ? ":" + std::to_string(layer.output) : "";
    std::vector<Cell> cells = {std::to_string(layer.index) + output, layer.name, layer.op};
    for (const BoardResult& board : result.boards) cells.push_back(LayerVerdict(board, i));
    const bool known = floats && result.simulator[i].worst && layer.accuracy;
    if (known) {
      cells.push_back(Cosine(result.simulator[i].worst->cosine));
      cells.push_back(Decibels(result.simulator[i].worst->sqnr_db));
      cells.push_back(Cosine(layer.accuracy->cosine));
      if (several) cells.push_back(Cosine(worst.over_inputs[i].mean.cosine));
      cells.push_back(Decibels(layer.accuracy->sqnr_db));
      cells.push_back(layer.dtype == "f32" ? Cell("-") : Cell(report::FixedNumber(layer.accuracy->max_steps, 1)));
    } else if (floats) {
      cells.insert(cells.end(), several ? 6 : 5, Cell("-"));
    }
    if (single && result.simulator_single[i].worst && layer.single_accuracy) {
      for (const analyze::Metrics& metrics : {*result.simulator_single[i].worst, *layer.single_accuracy}) {
        cells.push_back(Cosine(metrics.cosine));
        cells.push_back(Decibels(metrics.sqnr_db));
      }
    } else if (single) {
      cells.insert(cells.end(), 4, Cell("-"));
    }
    if (several) cells.push_back(worst.over_inputs[i].worst_input);
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

void AddMean(const MeanOfMetrics& mean, ordered_json& json) {
  json["mean_cosine"] = JsonNumber(mean.cosine);
  json["mean_sqnr_db"] = mean.finite != 0 ? JsonNumber(mean.sqnr_db) : ordered_json(nullptr);
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
    for (size_t i = 0; i < board.layers.size(); ++i) {
      layers.push_back(dump::ToJson(board.layers[i]));
      const LayerOverInputs& over = board.over_inputs[i];
      layers.back()["inputs_differing"] = over.differing;
      layers.back()["worst_input"] = over.worst_input;
      if (over.mean.count != 0) AddMean(over.mean, layers.back());
    }
    ordered_json json = {{"name", board.name}, {"seconds", board.seconds}, {"layers", std::move(layers)}};
    for (const BuildResult& build : board.builds) json["builds"][build.build] = build.outputs_equal;
    json["causes"] = ordered_json::array();
    for (const LayerCause& cause : board.causes) json["causes"].push_back(ToJson(cause));
    if (!board.isolated_error.empty()) json["isolated_error"] = board.isolated_error;
    boards.push_back(std::move(json));
  }
  ordered_json simulator = ordered_json::array();
  for (size_t i = 0; i < result.simulator.size(); ++i) {
    const auto& worst = result.simulator[i].worst;
    const dump::LayerResult& layer = result.boards.front().layers[i];
    simulator.push_back({{"index", layer.index}, {"name", layer.name}, {"cosine", nullptr}, {"sqnr_db", nullptr}});
    if (!worst) continue;
    simulator.back()["cosine"] = JsonNumber(worst->cosine);
    simulator.back()["sqnr_db"] = JsonNumber(worst->sqnr_db);
    simulator.back()["max_abs"] = JsonNumber(worst->max_abs);
    simulator.back()["max_steps"] = JsonNumber(worst->max_steps);
    AddMean(result.simulator[i].mean, simulator.back());
    if (result.simulator_single.empty() || !result.simulator_single[i].worst) continue;
    simulator.back()["single_cosine"] = JsonNumber(result.simulator_single[i].worst->cosine);
    simulator.back()["single_sqnr_db"] = JsonNumber(result.simulator_single[i].worst->sqnr_db);
    simulator.back()["single_max_steps"] = JsonNumber(result.simulator_single[i].worst->max_steps);
  }
  const ordered_json json = {
      {"model", result.model},
      {"model_digest", result.model_digest},
      {"inputs", result.inputs},
      {"notes", result.notes},
      {"verdict", dump::VerdictName(result.verdict)},
      {"text", VerdictText(result)},
      {"boards", std::move(boards)},
      {"simulator", std::move(simulator)},
      {"first_difference", result.first_difference ? ToJson(*result.first_difference) : ordered_json(nullptr)}};
  return report::JsonText(json, 1);
}

}  // namespace lockstep::crosscheck
