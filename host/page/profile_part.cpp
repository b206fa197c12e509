// Time per layer, from a profile.
#include <algorithm>
#include <cmath>
#include <functional>

#include "page/result.h"
#include "report/table.h"

namespace lockstep::page {
namespace {

bool Has(const Json& layers, const char* key) {
  return std::any_of(layers.begin(), layers.end(),
                     [&](const Json& layer) { return !std::isnan(NumberAt(layer, {key})); });
}

// What layers are ordered by: the time that other programs on the machine lengthen least.
struct Time {
  const char* key;
  const char* words;
};

Time TimeOf(const Json& layers) {
  if (Has(layers, "min_ms")) return {"min_ms", "of the fastest run"};
  return {"avg_ms", "of one run, on average"};
}

double SumOf(const Json& layers, const char* key) {
  double sum = 0.0;
  for (const Json& layer : layers) {
    const double part = NumberAt(layer, {key});
    sum += std::isnan(part) ? 0.0 : part;
  }
  return sum;
}

// Thousand millions of operations in a second; a multiplication with its addition is two.
double SpeedOf(const Json& layer, const char* key) {
  const double time = NumberAt(layer, {key});
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

// Runs of one layer that are far apart were disturbed: something else ran on the machine.
void WarnOfDisturbance(const Json& layers, const std::string& board, PageData& page) {
  constexpr double kQuiet = 1.25;  // the average is no more than that above the fastest run
  const double fastest = SumOf(layers, "min_ms");
  const double average = SumOf(layers, "avg_ms");
  if (!(fastest > 0.0) || average <= kQuiet * fastest || !Has(layers, "max_ms")) return;
  const auto apart = [](const Json& layer) {
    const double range = NumberAt(layer, {"max_ms"}) - NumberAt(layer, {"min_ms"});
    return std::isnan(range) ? 0.0 : range;
  };
  const Json& worst = *std::max_element(layers.begin(), layers.end(),
                                        [&](const Json& a, const Json& b) { return apart(a) < apart(b); });
  const auto time = [](double value) { return report::ShortNumber(value, 3); };
  page.verdicts.push_back({Mood::kDoubtful,
                           "a disturbed measurement" + (board.empty() ? "" : " on " + board) + ": the layers took " +
                               time(average) + " ms on average and " + time(fastest) + " ms at best; layer " +
                               std::to_string(worst.at("index").get<int>()) + " " + TextAt(worst, "name") + " from " +
                               time(NumberAt(worst, {"min_ms"})) + " to " + time(NumberAt(worst, {"max_ms"})) +
                               " ms. Times here are " + TimeOf(layers).words + "; repeat it on a quiet machine",
                           "profile"});
}

}  // namespace

void AddProfile(const Result& result, PageData& page) {
  const LayerNames names(page);
  const Json& layers = result.json.at("layers");
  // An emulator's times say nothing of the device; the instructions that it counted do.
  const bool counted = Has(layers, "instructions");
  const Time time = TimeOf(layers);
  const char* cost = counted ? "instructions" : time.key;
  const double all = SumOf(layers, cost);
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
  const auto fill_time = [&](const char* id, const char* title, const char* explain, const char* key, bool shown) {
    if (!Has(layers, key)) return;
    fill(Column(id, title, "time", "ms", explain, shown), [key](const Json& layer) { return NumberAt(layer, {key}); });
  };
  fill_time("profile.time", "time", time.words, time.key, !counted);
  fill_time("profile.fastest", "fastest run", "of the fastest run", "min_ms", false);
  fill_time("profile.average", "average", "of one run, on average", "avg_ms", false);
  fill_time("profile.slowest", "slowest run", "of the slowest run", "max_ms", false);
  fill(Column("profile.share", "share", "share", "%", "of all layers", true),
       [&](const Json& layer) { return all > 0.0 ? 100.0 * NumberAt(layer, {cost}) / all : std::nan(""); });
  fill(Column("profile.bytes", "moved", "moved", "B", "what the layer reads and writes", false),
       [](const Json& layer) { return NumberAt(layer, {"bytes"}); });
  fill(Column("profile.gops", "GOPS", "speed", "",
              "operations in a second, in thousand millions; a multiplication with its addition is two", false),
       [&](const Json& layer) { return SpeedOf(layer, time.key); });
  for (const Json& layer : layers) {
    const std::string kernel = TextAt(layer, "kernel");
    const auto index = static_cast<size_t>(names.Of(layer, result.source));
    if (!kernel.empty()) page.layers[index].facts.emplace_back("kernel", kernel);
  }
  if (!board.empty()) page.facts.emplace_back("profiled on", board);
  const std::string emulator = TextAt(result.json, "emulator");
  if (!emulator.empty()) page.facts.emplace_back("emulator", emulator + ": its times are not the device's");
  page.facts.emplace_back("all layers" + (board.empty() ? "" : " on " + board),
                          counted ? report::ShortNumber(all / 1e6, 5) + " million instructions"
                                  : report::ShortNumber(all, 5) + " ms, " + time.words + " each");
  if (!counted) WarnOfDisturbance(layers, board, page);
}

}  // namespace lockstep::page
