#include "page/comparison.h"

#include <cmath>

#include "graph/shared_names.h"
#include "page/result.h"
#include "report/table.h"

namespace lockstep::page {
namespace {

const Measure* Named(const PageData& page, const std::string& id) {
  for (const Measure& measure : page.measures) {
    if (measure.id == id) return &measure;
  }
  return nullptr;
}

std::string FactNamed(const PageData& page, const std::string& name) {
  for (const auto& [key, value] : page.facts) {
    if (key == name) return value;
  }
  return "-";
}

std::vector<std::string> TensorsOf(const PageData& page) {
  std::vector<std::string> tensors;
  for (const Layer& layer : page.layers) tensors.push_back(layer.tensor);
  return tensors;
}

struct Values {
  double sum = 0.0;
  double worst = std::nan("");
  int count = 0;
};

Values Gather(const Measure& measure) {
  Values values;
  for (const double value : measure.values) {
    if (std::isnan(value)) continue;
    const bool worse = measure.better == Better::kMore ? value < values.worst : value > values.worst;
    if (values.count == 0 || worse) values.worst = value;
    values.sum += value;
    ++values.count;
  }
  return values;
}

std::string WithUnit(double value, const Measure& measure) {
  if (std::isnan(value)) return "-";
  if (measure.unit == "B") return report::ByteCount(value);
  return (measure.scale == Scale::kCosine ? report::FixedNumber(value, 5) : report::ShortNumber(value, 5)) +
         (measure.unit.empty() ? "" : " " + measure.unit);
}

// The second beside the first; differences below a hundredth are none.
Mood MoodOf(double first, double second, Better better) {
  if (std::isnan(first) || std::isnan(second) || std::abs(second - first) <= 0.01 * std::abs(first)) return Mood::kNone;
  return (second > first) == (better == Better::kMore) ? Mood::kGood : Mood::kBad;
}

void AddMeasureRows(const Measure& first, const Measure& second, Comparison& comparison) {
  const Values a = Gather(first);
  const Values b = Gather(second);
  if (a.count == 0 || b.count == 0) return;
  const std::string what = first.title + ", " + first.from;
  if (first.better == Better::kNeither) {
    if (first.family == "bits") return;
    comparison.rows.push_back(
        {what + ", all layers", WithUnit(a.sum, first), WithUnit(b.sum, second), MoodOf(a.sum, b.sum, Better::kLess)});
    return;
  }
  comparison.rows.push_back({what + ", worst layer", WithUnit(a.worst, first), WithUnit(b.worst, second),
                             MoodOf(a.worst, b.worst, first.better)});
}

}  // namespace

void Compare(const PageData& second, const std::string& name, PageData& page) {
  const graph::SharedNames shared = graph::Share(page.title, TensorsOf(page), name, TensorsOf(second));
  graph::RequireOneNetwork(shared, "they are told by the tensors that they write; --second is for another build of " +
                                       std::string("the same network, make a page of its own for another network"));
  if (!shared.all()) {
    page.Warn(graph::DifferenceText(shared) + " (told by the tensors that they write); only what both have stands " +
              "side by side");
  }
  Comparison comparison;
  comparison.name = name;
  for (const char* fact : {"layers", "MACs", "file", "weights", "arena"}) {
    comparison.rows.push_back({fact, FactNamed(page, fact), FactNamed(second, fact)});
  }
  const LayerNames names(page);
  std::vector<int> places;  // of the second's layers
  for (const Layer& layer : second.layers) places.push_back(names.OfTensor(layer.tensor));
  for (const Measure& measure : second.measures) {
    const Measure* own = Named(page, measure.id);
    if (own == nullptr || !measure.words.empty()) continue;
    AddMeasureRows(*own, measure, comparison);
    Measure copy = measure;
    copy.id = "second." + measure.id;
    copy.from = "second: " + measure.from;
    copy.shown = measure.better != Better::kNeither && measure.shown;
    Measure& added = page.Add(std::move(copy));
    for (size_t i = 0; i < places.size(); ++i) {
      if (places[i] >= 0) added.values[static_cast<size_t>(places[i])] = measure.values[i];
    }
  }
  for (const Verdict& verdict : second.verdicts) {
    comparison.rows.push_back({verdict.from, "", verdict.text, verdict.mood});
  }
  for (const Verdict& verdict : page.verdicts) {
    for (Comparison::Row& row : comparison.rows) {
      if (row.what == verdict.from && row.first.empty()) row.first = verdict.text;
    }
  }
  page.comparisons.push_back(std::move(comparison));
}

}  // namespace lockstep::page
