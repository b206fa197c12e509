// Time per layer, from a profile.
#include <algorithm>
#include <cmath>
#include <functional>

#include "page/result.h"
#include "report/table.h"

namespace lockstep::page {
namespace {

// Thousand millions of operations in a second; a multiplication with its addition is two.
double SpeedOf(const Json& layer) {
  const double time = NumberAt(layer, {"avg_ms"});
  return time > 0.0 ? 2.0 * NumberAt(layer, {"macs"}) / time / 1e6 : std::nan("");
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
  // An emulator's times say nothing of the device; the instructions that it counted do.
  const bool counted = std::any_of(layers.begin(), layers.end(),
                                   [](const Json& layer) { return !std::isnan(NumberAt(layer, {"instructions"})); });
  const char* cost = counted ? "instructions" : "avg_ms";
  double all = 0.0;
  for (const Json& layer : layers) {
    const double part = NumberAt(layer, {cost});
    all += std::isnan(part) ? 0.0 : part;
  }
  const auto fill = [&](Measure measure, const std::function<double(const Json&)>& value_of) {
    Measure& added = page.Add(std::move(measure));
    for (const Json& layer : layers) {
      added.values[static_cast<size_t>(names.Of(layer, result.source))] = value_of(layer);
    }
  };
  if (counted) {
    fill(Column("profile.instructions", "instructions", "time", "M",
                "of one run, in millions, as an emulator counts them", true),
         [](const Json& layer) { return NumberAt(layer, {"instructions"}) / 1e6; });
  }
  fill(Column("profile.time", "time", "time", "ms", "of one run, on average", !counted),
       [](const Json& layer) { return NumberAt(layer, {"avg_ms"}); });
  fill(Column("profile.share", "share", "share", "%", "of all layers", true),
       [&](const Json& layer) { return all > 0.0 ? 100.0 * NumberAt(layer, {cost}) / all : std::nan(""); });
  fill(Column("profile.bytes", "moved", "moved", "KB", "what the layer reads and writes", false),
       [](const Json& layer) { return NumberAt(layer, {"bytes"}) / 1024; });
  fill(Column("profile.gops", "GOPS", "speed", "",
              "operations in a second, in thousand millions; a multiplication with its addition is two", false),
       SpeedOf);
  for (const Json& layer : layers) {
    const std::string kernel = TextAt(layer, "kernel");
    const auto index = static_cast<size_t>(names.Of(layer, result.source));
    if (!kernel.empty()) page.layers[index].facts.emplace_back("kernel", kernel);
  }
  const std::string board = TextAt(result.json, "board");
  if (!board.empty()) page.facts.emplace_back("profiled on", board);
  const std::string emulator = TextAt(result.json, "emulator");
  if (!emulator.empty()) page.facts.emplace_back("emulator", emulator + ": its times are not the device's");
  page.facts.emplace_back("all layers", counted ? report::ShortNumber(all / 1e6, 5) + " million instructions"
                                                : report::ShortNumber(all, 5) + " ms");
}

}  // namespace lockstep::page
