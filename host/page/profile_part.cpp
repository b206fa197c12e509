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
  Measure measure{id, title, "", family, unit, explain};
  measure.shown = shown;
  return measure;
}

// How many profiles the page has.
int CountProfiles(const PageData& page) {
  return static_cast<int>(std::count_if(page.measures.begin(), page.measures.end(), [](const Measure& measure) {
    return measure.id.rfind("profile", 0) == 0 && measure.id.size() > 5 &&
           measure.id.compare(measure.id.size() - 5, 5, ".time") == 0;
  }));
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
  const int earlier = CountProfiles(page);
  const std::string board = TextAt(result.json, "board");
  const auto fill = [&](Measure measure, const std::function<double(const Json&)>& value_of) {
    // The first is "profile.time", others are "profile2.time".
    if (earlier > 0) measure.id.insert(sizeof "profile" - 1, std::to_string(earlier + 1));
    measure.from = !board.empty() ? board : earlier > 0 ? result.source : "profile";
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
  if (!board.empty()) page.facts.emplace_back("profiled on", board);
  const std::string emulator = TextAt(result.json, "emulator");
  if (!emulator.empty()) page.facts.emplace_back("emulator", emulator + ": its times are not the device's");
  page.facts.emplace_back(
      "all layers" + (board.empty() ? "" : " on " + board),
      counted ? report::ShortNumber(all / 1e6, 5) + " million instructions" : report::ShortNumber(all, 5) + " ms");
}

}  // namespace lockstep::page
