#include "profile/compare_profiles.h"

#include <algorithm>
#include <map>
#include <utility>

#include "graph/counted.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "graph/shared_names.h"
#include "profile/operator_sums.h"

namespace lockstep::profile {
namespace {

Measure CommonMeasure(const Profile& a, const std::string& a_name, const Profile& b, const std::string& b_name) {
  if (a.counted() && b.counted()) return Measure::kInstructions;
  for (const auto& [profile, name] : {std::pair(&a, a_name), std::pair(&b, b_name)}) {
    if (profile->emulator.empty()) continue;
    throw UsageError("the times in " + name + " are those of an emulator, " + profile->emulator +
                     ", and say nothing of a board; compare two profiles with instructions, or two of boards");
  }
  return Measure::kMilliseconds;
}

void SlowerFirst(std::vector<ComparedCost>& list) {
  std::stable_sort(list.begin(), list.end(), [](const ComparedCost& first, const ComparedCost& second) {
    return first.Difference() > second.Difference();
  });
}

std::vector<ComparedCost> CompareLayers(const Profile& a, const Profile& b, Measure measure) {
  std::vector<ComparedCost> list;
  std::map<std::string, std::vector<size_t>> places;  // of a's layers in `list`, by name
  for (const LayerProfile& layer : a.layers) {
    places[layer.name].push_back(list.size());
    list.push_back({layer.name, layer.op, CostOf(layer, measure), std::nullopt});
  }
  std::map<std::string, size_t> seen;
  for (const LayerProfile& layer : b.layers) {
    const std::vector<size_t>& known = places[layer.name];
    const size_t nth = seen[layer.name]++;
    if (nth < known.size()) {
      list[known[nth]].b = CostOf(layer, measure);
    } else {
      list.push_back({layer.name, layer.op, std::nullopt, CostOf(layer, measure)});
    }
  }
  SlowerFirst(list);
  return list;
}

std::vector<ComparedCost> CompareOperators(const Profile& a, const Profile& b, Measure measure) {
  std::map<std::string, ComparedCost> costs;
  for (const auto& [op, sum] : SumByOperator(a, measure)) costs[op] = {op, op, sum.cost, std::nullopt};
  for (const auto& [op, sum] : SumByOperator(b, measure)) {
    costs.try_emplace(op, ComparedCost{op, op, std::nullopt, std::nullopt}).first->second.b = sum.cost;
  }
  std::vector<ComparedCost> list;
  list.reserve(costs.size());
  for (auto& [op, cost] : costs) list.push_back(std::move(cost));
  SlowerFirst(list);
  return list;
}

std::vector<std::string> NamesOf(const Profile& profile) {
  std::vector<std::string> names;
  for (const LayerProfile& layer : profile.layers) names.push_back(layer.name);
  return names;
}

// "" if layers of one name have as many multiply-accumulates in both; what they compute is the same then.
std::string OtherWork(const Profile& a, const Profile& b) {
  std::map<std::string, uint64_t> macs;
  for (const LayerProfile& layer : a.layers) macs[layer.name] = layer.macs;
  std::vector<const LayerProfile*> other;
  for (const LayerProfile& layer : b.layers) {
    const auto found = macs.find(layer.name);
    if (found != macs.end() && found->second != layer.macs) other.push_back(&layer);
  }
  if (other.empty()) return "";
  return graph::Counted(other.size(), "layer") + " of one name in both " + (other.size() == 1 ? "has" : "have") +
         " another number of multiply-accumulates, the first is " + graph::Quoted(other.front()->name) + " with " +
         std::to_string(macs.at(other.front()->name)) + " in A and " + std::to_string(other.front()->macs) +
         " in B: that is another network, or another size of its input";
}

std::vector<std::string> NotesOf(const Profile& a, const Profile& b) {
  std::vector<std::string> notes;
  const graph::SharedNames names = graph::Share("A", NamesOf(a), "B", NamesOf(b));
  if (!names.all()) {
    notes.push_back(graph::DifferenceText(names) + "; only what both have is compared, and the sums are of all");
  }
  const std::string work = OtherWork(a, b);
  if (!work.empty()) notes.push_back(work);
  return notes;
}

}  // namespace

std::optional<double> ComparedCost::Ratio() const {
  if (!a || !b || *a <= 0) return std::nullopt;
  return *b / *a;
}

ProfileComparison CompareProfiles(const Profile& a, const std::string& a_name, const Profile& b,
                                  const std::string& b_name) {
  ProfileComparison comparison;
  comparison.a = a_name;
  comparison.b = b_name;
  graph::RequireOneNetwork(graph::Share(a_name, NamesOf(a), b_name, NamesOf(b)),
                           "give two profiles of one network, of two builds or of two boards");
  comparison.notes = NotesOf(a, b);
  comparison.measure = CommonMeasure(a, a_name, b, b_name);
  comparison.whole = {"all layers", "", TotalCost(a, comparison.measure), TotalCost(b, comparison.measure)};
  comparison.operators = CompareOperators(a, b, comparison.measure);
  comparison.layers = CompareLayers(a, b, comparison.measure);
  return comparison;
}

}  // namespace lockstep::profile
