#include "page/page_json.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "files/base64.h"

namespace lockstep::page {
namespace {

const char* NameOf(Mood mood) {
  switch (mood) {
    case Mood::kGood:
      return "good";
    case Mood::kDoubtful:
      return "doubtful";
    case Mood::kBad:
      return "bad";
    case Mood::kNone:
      break;
  }
  return "none";
}

const char* NameOf(Better better) {
  return better == Better::kMore ? "more" : better == Better::kLess ? "less" : "neither";
}

const char* NameOf(Scale scale) { return scale == Scale::kCosine ? "cosine" : scale == Scale::kLog ? "log" : "linear"; }

Json ToJson(const std::vector<Fact>& facts) {
  Json list = Json::array();
  for (const auto& [name, value] : facts) list.push_back({name, value});
  return list;
}

Json ToJson(const Layer& layer) {
  Json json = {{"name", layer.name},   {"op", layer.op},         {"dtype", layer.dtype},          {"bits", layer.bits},
               {"shape", layer.shape}, {"tensor", layer.tensor}, {"onnx_nodes", layer.onnx_nodes}};
  if (!layer.differences.empty()) json["differences"] = ToJson(layer.differences);
  if (!layer.facts.empty()) json["facts"] = ToJson(layer.facts);
  return json;
}

Json ToJson(const Measure& measure) {
  Json values = Json::array();
  for (const double value : measure.values) values.push_back(ShortJson(value));
  Json json = {{"id", measure.id},         {"title", measure.title},        {"from", measure.from},
               {"family", measure.family}, {"unit", measure.unit},          {"explain", measure.explain},
               {"shown", measure.shown},   {"scale", NameOf(measure.scale)}};
  if (measure.better != Better::kNeither) {
    json["better"] = NameOf(measure.better);
    json["good"] = ShortJson(measure.good);
    json["bad"] = ShortJson(measure.bad);
  }
  if (!measure.words.empty()) json["words"] = measure.words;
  if (!measure.over.empty()) json["over"] = measure.over;
  json["values"] = std::move(values);
  return json;
}

Json ToJson(const std::vector<ArenaPart>& parts) {
  Json list = Json::array();
  for (const ArenaPart& part : parts) {
    list.push_back({{"name", part.name},
                    {"offset", part.offset},
                    {"bytes", part.bytes},
                    {"first", part.first},
                    {"last", part.last}});
  }
  return list;
}

Json ToJson(const Memory& memory) {
  Json json = {{"arena_bytes", memory.arena_bytes}, {"constant_bytes", memory.constant_bytes},
               {"peak_layer", memory.peak_layer},   {"live", memory.live},
               {"blocks", ToJson(memory.blocks)},   {"views", ToJson(memory.views)},
               {"planned", Json::array()},          {"targets", Json::array()},
               {"savings", Json::array()},          {"phases", Json::array()}};
  for (const auto& [name, bytes] : memory.planned) json["planned"].push_back({name, bytes});
  for (const MemoryTarget& target : memory.targets) {
    json["targets"].push_back({{"name", target.name},
                               {"kernels", target.kernels},
                               {"scratch", target.scratch},
                               {"tables", target.tables},
                               {"peak", target.peak},
                               {"total", nullptr}});
    if (target.total >= 0) json["targets"].back()["total"] = target.total;
  }
  for (const Saving& saving : memory.savings) {
    json["savings"].push_back({{"what", saving.what}, {"arena", saving.arena}, {"possible", saving.possible}});
  }
  for (const MemoryPhase& phase : memory.phases) {
    json["phases"].push_back(
        {{"board", phase.board}, {"name", phase.name}, {"resident", phase.resident}, {"peak", phase.peak}});
  }
  return json;
}

Json ToJson(const Histogram& histogram) {
  return {{"layer", histogram.layer},
          {"title", histogram.title},
          {"low", ShortJson(histogram.low)},
          {"high", ShortJson(histogram.high)},
          {"counts", histogram.counts},
          {"clip", {ShortJson(histogram.clip_low), ShortJson(histogram.clip_high)}},
          {"beyond", ShortJson(histogram.beyond)}};
}

Json ToJson(const HeatMap& map) {
  return {{"layer", map.layer},
          {"title", map.title},
          {"unit", map.unit},
          {"rows", map.rows},
          {"columns", map.columns},
          {"most", ShortJson(map.most)},
          {"cells", files::Base64(map.cells.data(), map.cells.size())}};
}

Json ToJson(const Comparison& comparison) {
  Json rows = Json::array();
  for (const Comparison::Row& row : comparison.rows) {
    rows.push_back({{"what", row.what}, {"first", row.first}, {"second", row.second}, {"mood", NameOf(row.mood)}});
  }
  return {{"name", comparison.name}, {"rows", std::move(rows)}};
}

Json ToJson(const Verdict& verdict) {
  return {{"mood", NameOf(verdict.mood)}, {"text", verdict.text}, {"from", verdict.from}};
}

Json ToJson(const Finding& finding) { return {{"what", finding.what}, {"do", finding.todo}, {"layer", finding.layer}}; }

Json ToJson(const Board& board) {
  return {{"name", board.name},
          {"seconds", ShortJson(board.seconds)},
          {"states", board.states},
          {"differing_builds", board.differing_builds}};
}

Json ToJson(const Edge& edge) { return {edge.source, edge.target, edge.tensor}; }

template <typename Item>
Json ListOf(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(ToJson(item));
  return list;
}

}  // namespace

Measure& PageData::Add(Measure measure) {
  measure.values.assign(layers.size(), std::numeric_limits<double>::quiet_NaN());
  measures.push_back(std::move(measure));
  return measures.back();
}

void PageData::Warn(const std::string& text) {
  notes.push_back(text);
  warnings.push_back(text);
}

Json ShortJson(double value) {
  if (!std::isfinite(value)) return nullptr;
  // Whole numbers, as bytes are, with all of their digits.
  if (std::abs(value) < 1e15 && value == std::floor(value)) return static_cast<int64_t>(value);
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  const double rounded = std::strtod(text, nullptr);
  // Without ".0" behind whole numbers.
  if (std::abs(rounded) < 1e15 && rounded == std::floor(rounded)) return static_cast<int64_t>(rounded);
  return rounded;
}

Json ToJson(const PageData& page) {
  Json json = {{"format", 1},
               {"title", page.title},
               {"command", page.command},
               {"digest", page.digest},
               {"verdicts", ListOf(page.verdicts)},
               {"facts", ToJson(page.facts)},
               {"notes", page.notes},
               {"findings", ListOf(page.findings)},
               {"layers", ListOf(page.layers)},
               {"edges", ListOf(page.edges)},
               {"measures", ListOf(page.measures)},
               {"boards", ListOf(page.boards)},
               {"memory", ToJson(page.memory)},
               {"histograms", ListOf(page.histograms)},
               {"heat_maps", ListOf(page.heat_maps)},
               {"comparisons", ListOf(page.comparisons)},
               {"pictures", page.pictures}};
  if (!page.class_names.empty()) json["class_names"] = page.class_names;
  return json;
}

}  // namespace lockstep::page
