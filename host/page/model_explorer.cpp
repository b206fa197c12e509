#include "page/model_explorer.h"

#include <algorithm>
#include <cmath>

#include "dump/dump.h"
#include "graph/graph.h"
#include "page/notes.h"
#include "page/page_json.h"
#include "report/json_text.h"

namespace lockstep::page {
namespace {

// Blue is good, orange is bad, as on the page; amounts go from light to dark.
constexpr const char* kGood = "#2c7fb8";
constexpr const char* kMiddle = "#f4f1ea";
constexpr const char* kBad = "#c8500a";
constexpr const char* kLittle = "#f2f0f7";
constexpr const char* kMuch = "#6a51a3";

struct Name {
  std::string space;  // the groups it is in
  std::string own;
};

Name Split(const std::string& name) {
  const size_t slash = name.rfind('/');
  if (slash == std::string::npos) return {"", name};
  const size_t from = name[0] == '/' ? 1 : 0;
  return {slash > from ? name.substr(from, slash - from) : "", name.substr(slash + 1)};
}

Json Attributes(const PageData& page, size_t layer) {
  Json list = Json::array();
  const auto add = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) list.push_back({{"key", key}, {"value", value}});
  };
  const Layer& shown = page.layers[layer];
  add("name", shown.name);
  add("operator", shown.op);
  for (const Note& note : NotesOf(page, layer)) add(note.first, note.second);
  for (const auto* facts : {&shown.differences, &shown.facts}) {
    for (const auto& [name, value] : *facts) add(name, value);
  }
  return list;
}

Json GraphOf(const PageData& page) {
  Json nodes = Json::array();
  std::vector<Json> edges(page.layers.size(), Json::array());
  bool has_input = false;
  for (const Edge& edge : page.edges) {
    const auto target = static_cast<size_t>(edge.target);
    edges[target].push_back({{"sourceNodeId", edge.source < 0 ? "input" : std::to_string(edge.source)},
                             {"sourceNodeOutputId", "0"},
                             {"targetNodeInputId", std::to_string(edges[target].size())}});
    has_input = has_input || edge.source < 0;
  }
  if (has_input) nodes.push_back({{"id", "input"}, {"label", "input"}, {"namespace", ""}});
  for (size_t i = 0; i < page.layers.size(); ++i) {
    const Layer& layer = page.layers[i];
    const Name name = Split(layer.name);
    Json output = {{"id", "0"},
                   {"attrs",
                    {{{"key", "tensor_name"}, {"value", layer.tensor}},
                     {{"key", "tensor_shape"}, {"value", layer.dtype + "[" + graph::ToString(layer.shape) + "]"}}}}};
    nodes.push_back({{"id", std::to_string(i)},
                     {"label", name.own + " " + std::to_string(i)},
                     {"namespace", name.space},
                     {"attrs", Attributes(page, i)},
                     {"incomingEdges", std::move(edges[i])},
                     {"outputsMetadata", Json::array({std::move(output)})}});
  }
  return {{"label", page.title}, {"graphs", Json::array({{{"id", page.title}, {"nodes", std::move(nodes)}}})}};
}

Json Gradient(const Measure& measure) {
  const auto stop = [](double at, const char* colour) -> Json { return {{"stop", at}, {"bgColor", colour}}; };
  if (measure.better == Better::kNeither) return Json::array({stop(0, kLittle), stop(1, kMuch)});
  const bool more = measure.better == Better::kMore;
  return Json::array({stop(0, more ? kBad : kGood), stop(0.5, kMiddle), stop(1, more ? kGood : kBad)});
}

Json FiguresOf(const PageData& page, const Measure& measure) {
  Json results = Json::object();
  for (size_t i = 0; i < measure.values.size(); ++i) {
    const Json value = ShortJson(measure.values[i]);
    if (!value.is_null()) results[std::to_string(i)] = {{"value", value}};
  }
  return {{page.title, {{"results", std::move(results)}, {"gradient", Gradient(measure)}}}};
}

}  // namespace

std::map<std::string, std::string> ModelExplorerFiles(const PageData& page) {
  std::map<std::string, std::string> files;
  const std::string name = dump::PlainName(page.title);
  files[name + ".json"] = report::JsonText(GraphOf(page), 1);
  for (const Measure& measure : page.measures) {
    if (std::all_of(measure.values.begin(), measure.values.end(), [](double value) { return std::isnan(value); }))
      continue;
    files[name + "." + measure.id + ".json"] = report::JsonText(FiguresOf(page, measure), 1);
  }
  return files;
}

}  // namespace lockstep::page
