#include "compiler/auto_observer.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "analyze/metrics.h"
#include "compiler/judging_runs.h"
#include "graph/error.h"
#include "input/input_source.h"

namespace lockstep::compiler {
namespace {

using quantize::ObserverKind;
using sensitivity::ObserverTrials;

constexpr size_t kFirstRuns = 2;  // all observers; on the others those that are still in question
constexpr int kTrialRuns = 8;
constexpr int kJudgingRuns = 4;
constexpr double kLost = 0.5;  // of an output's energy: zeros have an error of 1, and would be chosen among such

FoundObservers AllBy(const std::vector<std::vector<graph::TensorId>>& groups, ObserverKind observer) {
  FoundObservers found;
  for (const auto& group : groups) {
    for (const graph::TensorId id : group) found[id] = observer;
  }
  return found;
}

FoundObservers EachByItsBest(const std::vector<ObserverTrials>& groups) {
  FoundObservers found;
  for (const ObserverTrials& group : groups) {
    for (const graph::TensorId id : group.tensors) found[id] = group.ranges[group.best].observers.front();
  }
  return found;
}

// The place of the observer's range in each group: those with the same places make the same model, or nearly.
std::vector<size_t> PlacesOf(const std::vector<ObserverTrials>& groups, const FoundObservers& found) {
  std::vector<size_t> places;
  for (const ObserverTrials& group : groups) {
    const ObserverKind observer = found.at(group.tensors.front());
    const auto range = std::find_if(group.ranges.begin(), group.ranges.end(), [&](const auto& tried) {
      return std::count(tried.observers.begin(), tried.observers.end(), observer) != 0;
    });
    places.push_back(static_cast<size_t>(range - group.ranges.begin()));
  }
  return places;
}

// The best, or if the outputs are lost with each of them, minmax, which cuts nothing off.
void Keep(AutoObserverResult& result) {
  const auto by_error = [](const JudgedObserver& a, const JudgedObserver& b) { return a.error < b.error; };
  auto kept = std::min_element(result.judged.begin(), result.judged.end(), by_error);
  result.lost = kept->error >= kLost * static_cast<double>(kept->outputs.size());
  if (result.lost) {
    const auto minmax = std::find_if(result.judged.begin(), result.judged.end(), [](const JudgedObserver& judged) {
      return judged.name == ToText(ObserverKind::kMinMax);
    });
    kept = minmax == result.judged.end() ? result.judged.begin() : minmax;  // that has the ranges of minmax
  }
  result.kept = static_cast<size_t>(kept - result.judged.begin());
}

}  // namespace

AutoObserverResult ChooseObservers(const graph::Graph& graph, const quantize::QuantizeOptions& options,
                                   const quantize::Calibration& observed, const Calibration& calibration,
                                   const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                                   const std::function<void(int, int)>& advance) {
  AutoObserverResult result;
  const auto groups = quantize::AutoGroups(graph, options, observed);
  if (groups.empty()) return result;
  if (options.only != quantize::QuantizeOnly::kAll) {
    throw UsageError(
        "observer auto compares outputs of the whole integer network; with quantize_only choose another observer");
  }
  const auto decide = [&](FoundObservers found) {
    quantize::QuantizeOptions with = options;
    with.found_observers = std::move(found);
    return quantize::Decide(graph, with, observed);
  };
  std::vector<std::pair<ObserverKind, sensitivity::Formats>> by_observer;
  by_observer.reserve(std::size(quantize::kObservers));
  for (const ObserverKind observer : quantize::kObservers) {
    by_observer.emplace_back(observer, decide(AllBy(groups, observer)).formats);
  }
  result.groups = sensitivity::DistinctRanges(groups, by_observer);
  for (const auto& group : groups) {
    auto& names = result.names.emplace_back();
    for (const graph::TensorId id : group) names.push_back(graph.tensor(id).name);
  }

  const CorrectionRuns runs = ChooseCorrectionRuns(calibration, true, kJudgingRuns);
  const std::vector<input::DataItem> tried = ReadableItems(calibration, runs.fitted, kTrialRuns);
  const auto second = tried.begin() + static_cast<std::ptrdiff_t>(std::min(kFirstRuns, tried.size()));
  const auto pictures = [&](auto begin, auto end) {
    const std::vector<input::DataItem> items(begin, end);
    return [&calibration, items] { return std::make_unique<input::InputSource>(calibration.infos, items); };
  };
  std::vector<sensitivity::Pictures> passes{pictures(tried.begin(), second)};
  if (second != tried.end()) passes.emplace_back(pictures(second, tried.end()));
  result.trial_runs = tried.size();
  result.judging_runs = runs.judging.items.size();
  result.held_back = runs.judging.held_back;
  sensitivity::MeasureObservers(decide(AllBy(groups, quantize::kObservers[0])), passes, options.threads, advance,
                                result.groups);

  judge::OutputError error(graph, runs.judging.items, options.threads);
  std::set<std::vector<size_t>> judged;
  const auto judge = [&](const std::string& name, FoundObservers found) {
    if (!judged.insert(PlacesOf(result.groups, found)).second) return;
    JudgedObserver with{name, found, error.Of(lower(decide(std::move(found)))), 0.0};
    with.error = analyze::ErrorShare(with.outputs);
    result.judged.push_back(std::move(with));
  };
  judge(ToText(ObserverKind::kAuto), EachByItsBest(result.groups));
  for (const ObserverKind observer : quantize::kObservers) judge(ToText(observer), AllBy(groups, observer));
  Keep(result);
  return result;
}

}  // namespace lockstep::compiler
