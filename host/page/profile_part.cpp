// Time per layer, from a profile.
#include <algorithm>
#include <cmath>

#include "graph/error.h"
#include "page/result.h"

namespace lockstep::page {
namespace {

// The first of the keys that the layer has.
double FirstOf(const Json& layer, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const double value = NumberAt(layer, {key});
    if (!std::isnan(value)) return value;
  }
  return std::nan("");
}

Measure Column(const char* id, const char* title, const char* family, const char* unit, const char* explain,
               bool shown) {
  Measure measure{id, title, "profile", family, unit, explain};
  measure.shown = shown;
  return measure;
}

}  // namespace

void AddProfile(const Result& result, PageData& page) {
  const LayerNames names(page);
  const Json& layers = result.json.at("layers");
  double all = 0.0;
  for (const Json& layer : layers) all += std::max(0.0, FirstOf(layer, {"avg_ms"}));
  const auto fill = [&](Measure measure, const std::function<double(const Json&)>& value_of) {
    Measure& added = page.Add(std::move(measure));
    for (const Json& layer : layers)
      added.values[static_cast<size_t>(names.Of(layer, result.source))] = value_of(layer);
  };
  fill(Column("profile.time", "time", "time", "ms", "of one run, on average", true),
       [](const Json& layer) { return FirstOf(layer, {"avg_ms"}); });
  fill(Column("profile.share", "share", "share", "%", "of the time of all layers", true),
       [&](const Json& layer) { return all > 0.0 ? 100.0 * FirstOf(layer, {"avg_ms"}) / all : std::nan(""); });
  fill(Column("profile.bytes", "moved", "moved", "KB", "what the layer reads and writes", false),
       [](const Json& layer) { return FirstOf(layer, {"bytes"}) / 1024; });
  fill(Column("profile.gops", "GOPS", "speed", "",
              "operations per second, in thousand millions; a multiplication and addition are two", false),
       [](const Json& layer) { return FirstOf(layer, {"gops"}); });
  for (const Json& layer : layers) {
    const std::string kernel = TextAt(layer, "kernel");
    const auto index = static_cast<size_t>(names.Of(layer, result.source));
    if (!kernel.empty()) page.layers[index].facts.emplace_back("kernel", kernel);
  }
  const std::string board = TextAt(result.json, "board");
  if (!board.empty()) page.facts.emplace_back("profiled on", board);
  char text[64];
  std::snprintf(text, sizeof text, "%.3f ms", all);
  page.facts.emplace_back("time of all layers", text);
}

}  // namespace lockstep::page
