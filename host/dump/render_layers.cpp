#include "dump/render_layers.h"

#include <algorithm>

#include "dump/render_difference.h"
#include "report/json_text.h"

namespace lockstep::dump {
namespace {

using nlohmann::ordered_json;
using report::Align;
using report::Cell;
using report::JsonNumber;
using report::Mood;

}  // namespace

LayerCount CountLayers(const std::vector<LayerResult>& layers) {
  LayerCount count;
  for (auto begin = layers.begin(); begin != layers.end();) {
    const auto end = std::find_if(begin + 1, layers.end(), [](const LayerResult& other) { return other.output <= 0; });
    ++count.all;
    if (!std::all_of(begin, end, [](const LayerResult& output) { return output.md5_equal; })) ++count.differing;
    begin = end;
  }
  return count;
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
  const std::string output = layer.output >= 0 ? ":" + std::to_string(layer.output) : "";
  return {std::to_string(layer.index) + output, layer.name, layer.op, layer.dtype, Joined(layer.shape, "x")};
}

void AddAccuracyColumns(std::vector<report::Column>& columns) {
  columns.push_back({"cosine", Align::kRight});
  columns.push_back({"SQNR dB", Align::kRight});
  columns.push_back({"max abs", Align::kRight});
  columns.push_back({"max steps", Align::kRight});
}

ordered_json ToJson(const LayerResult& layer) {
  ordered_json json = {{"index", layer.index},         {"name", layer.name},   {"op", layer.op},
                       {"tensor", layer.tensor},       {"dtype", layer.dtype}, {"shape", layer.shape},
                       {"md5_equal", layer.md5_equal}, {"cosine", nullptr},    {"sqnr_db", nullptr},
                       {"max_abs", nullptr},           {"max_steps", nullptr}};
  if (layer.output >= 0) json["output"] = layer.output;
  if (layer.accuracy) {
    json["cosine"] = JsonNumber(layer.accuracy->cosine);
    json["sqnr_db"] = JsonNumber(layer.accuracy->sqnr_db);
    json["max_abs"] = JsonNumber(layer.accuracy->max_abs);
    json["max_steps"] = JsonNumber(layer.accuracy->max_steps);
  }
  if (layer.single_md5_equal) json["single_md5_equal"] = *layer.single_md5_equal;
  if (layer.single_accuracy) {
    json["single_cosine"] = JsonNumber(layer.single_accuracy->cosine);
    json["single_sqnr_db"] = JsonNumber(layer.single_accuracy->sqnr_db);
    json["single_max_steps"] = JsonNumber(layer.single_accuracy->max_steps);
  }
  if (layer.alone_md5_equal) json["alone_md5_equal"] = *layer.alone_md5_equal;
  if (layer.alone_difference) json["alone_difference"] = ToJson(*layer.alone_difference);
  if (layer.difference) {
    json["repeatable"] = layer.repeatable;
    json["differing_elements"] = layer.difference->differing;
    json["difference_max_abs"] = JsonNumber(layer.difference->max_abs);
    json["difference_max_steps"] = JsonNumber(layer.difference->max_steps);
    json["difference"] = ToJson(*layer.difference);
  }
  return json;
}

std::string Coloured(const std::string& text, Verdict verdict, bool colour) {
  if (!colour) return text;
  return (verdict == Verdict::kDiffers ? "\033[1;31m" : "\033[1;32m") + text + "\033[0m";
}

}  // namespace lockstep::dump
