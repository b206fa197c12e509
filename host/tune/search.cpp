#include "tune/search.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace lockstep::tune {
namespace {

class Searcher {
 public:
  Searcher(const std::vector<Candidate>& candidates, double target, int most_checks,
           const std::function<Outcome(const Levels&)>& check)
      : candidates_(candidates), target_(target), left_(most_checks), check_(check) {
    std::map<size_t, double> errors;
    for (const Candidate& candidate : candidates) errors[candidate.node] += candidate.error;
    order_.assign(errors.begin(), errors.end());
    std::stable_sort(order_.begin(), order_.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  }

  SearchResult Run() {
    if (!Check(SearchStep::Kind::kAsItIs, Levels(candidates_.size(), 0))) {
      RaiseInOrder();
      if (result_.reached) {
        DropNodes();
        TakeWhatGainsMost();
        DropParts();
      }
    }
    return std::move(result_);
  }

 private:
  bool Check(SearchStep::Kind kind, const Levels& levels, std::optional<double> threshold = std::nullopt) {
    SearchStep step;
    step.kind = kind;
    step.threshold = threshold;
    step.levels = levels;
    step.nodes = NodesOf(levels);
    step.raises = levels.size() - static_cast<size_t>(std::count(levels.begin(), levels.end(), 0));
    step.outcome = check_(levels);
    step.met = step.outcome.value >= target_;
    --left_;
    // To lower something may cost more: what it then loses is computed in floats.
    const bool is_better = step.met && (!result_.reached || step.outcome.cost <= result_.outcome.cost);
    if (is_better || result_.steps.empty()) {
      result_.levels = levels;
      result_.outcome = step.outcome;
      result_.reached = step.met;
    }
    result_.steps.push_back(std::move(step));
    return result_.steps.back().met;
  }

  size_t NodesOf(const Levels& levels) const {
    std::set<size_t> nodes;
    for (size_t i = 0; i < levels.size(); ++i) {
      if (levels[i] > 0) nodes.insert(candidates_[i].node);
    }
    return nodes.size();
  }

  // The first `nodes` of the order with all their bits.
  Levels First(size_t nodes) const {
    std::set<size_t> raised;
    for (size_t i = 0; i < nodes; ++i) raised.insert(order_[i].first);
    Levels levels;
    for (const Candidate& candidate : candidates_) {
      levels.push_back(raised.count(candidate.node) != 0 ? candidate.levels : 0);
    }
    return levels;
  }

  // The fewest nodes of the order that meet the target, by bisection.
  void RaiseInOrder() {
    if (order_.empty()) return;
    const auto meets = [&](size_t nodes) {
      return Check(SearchStep::Kind::kThreshold, First(nodes), order_[nodes - 1].second);
    };
    const size_t enough = order_.size();
    if (!meets(enough)) {
      result_.levels = First(enough);
      result_.outcome = result_.steps.back().outcome;
      return;
    }
    result_.threshold_nodes = FewestThat(meets, enough);
  }

  // 1 .. enough, of which the last one does.
  size_t FewestThat(const std::function<bool(size_t)>& meets, size_t enough) const {
    size_t fails = 0;
    while (enough - fails > 1 && left_ > 0) {
      const size_t middle = fails + (enough - fails) / 2;
      (meets(middle) ? enough : fails) = middle;
    }
    return enough;
  }

  // Of all that is raised the fewest parts, in the order of error by cost, that meet the target.
  void TakeWhatGainsMost() {
    const Levels all = result_.levels;
    std::vector<size_t> parts = InOrderOfGain([&](size_t i) { return all[i] > 0; });
    std::reverse(parts.begin(), parts.end());
    const auto meets = [&](size_t count) {
      Levels levels(all.size(), 0);
      for (size_t i = 0; i < count; ++i) levels[parts[i]] = all[parts[i]];
      return Check(SearchStep::Kind::kGain, levels);
    };
    FewestThat(meets, parts.size());
  }

  // Candidates, those of the least error by cost first.
  std::vector<size_t> InOrderOfGain(const std::function<bool(size_t)>& wanted) const {
    std::vector<size_t> order;
    for (size_t i = 0; i < candidates_.size(); ++i) {
      if (wanted(i)) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return candidates_[a].error * candidates_[b].cost < candidates_[b].error * candidates_[a].cost;
    });
    return order;
  }

  // While the others have all their bits, nodes can be spared. The parts need most of the checks.
  void DropNodes() {
    std::map<size_t, std::vector<size_t>> parts_of;
    for (const size_t i : InOrderOfGain([&](size_t part) { return result_.levels[part] > 0; })) {
      parts_of[candidates_[i].node].push_back(i);
    }
    std::vector<std::vector<size_t>> nodes;  // those of the least error first
    for (auto node = order_.rbegin(); node != order_.rend(); ++node) {
      const auto parts = parts_of.find(node->first);
      if (parts != parts_of.end()) nodes.push_back(parts->second);
    }
    Lower(
        SearchStep::Kind::kWithout, std::move(nodes), [](size_t) { return 0; }, left_ / 3);
  }

  void DropParts() {
    const auto raised = [&](int least) {
      std::vector<std::vector<size_t>> parts;
      for (const size_t i : InOrderOfGain([&](size_t part) { return result_.levels[part] >= least; })) {
        parts.push_back({i});
      }
      return parts;
    };
    Lower(
        SearchStep::Kind::kWithout, raised(1), [](size_t) { return 0; }, left_);
    Lower(
        SearchStep::Kind::kFewerBits, raised(2), [&](size_t i) { return result_.levels[i] - 1; }, left_);
  }

  // Tries without each of `groups`, several at a time, then fewer.
  void Lower(SearchStep::Kind kind, std::vector<std::vector<size_t>> groups, const std::function<int(size_t)>& level_of,
             int most_checks) {
    constexpr size_t kPieces = 8;  // larger ones are hardly ever unnecessary
    const int reserve = left_ - most_checks;
    for (size_t size = (groups.size() + kPieces - 1) / kPieces; size > 0; size /= 2) {
      for (size_t first = 0; first < groups.size() && left_ > reserve;) {
        const size_t end = std::min(groups.size(), first + size);
        Levels levels = result_.levels;
        for (size_t group = first; group < end; ++group) {
          for (const size_t i : groups[group]) levels[i] = level_of(i);
        }
        if (Check(kind, levels) && result_.levels == levels) {
          groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(first),
                       groups.begin() + static_cast<std::ptrdiff_t>(end));
        } else {
          first = end;
        }
      }
    }
  }

  const std::vector<Candidate>& candidates_;
  double target_;
  int left_;
  const std::function<Outcome(const Levels&)>& check_;
  std::vector<std::pair<size_t, double>> order_;  // nodes and their errors, the worst first
  SearchResult result_;
};

}  // namespace

SearchResult FindCheapest(const std::vector<Candidate>& candidates, double target, int most_checks,
                          const std::function<Outcome(const Levels&)>& check) {
  return Searcher(candidates, target, most_checks, check).Run();
}

}  // namespace lockstep::tune
