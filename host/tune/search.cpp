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
      if (result_.reached) DropWhatIsUnnecessary();
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
    step.outcome = check_(levels);
    step.met = step.outcome.value >= target_;
    --left_;
    if (step.met || result_.steps.empty()) {
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
    size_t fails = 0;
    size_t enough = order_.size();
    if (!meets(enough)) {
      result_.levels = First(enough);
      result_.outcome = result_.steps.back().outcome;
      return;
    }
    while (enough - fails > 1) {
      const size_t middle = fails + (enough - fails) / 2;
      (meets(middle) ? enough : fails) = middle;
    }
    result_.threshold_nodes = enough;
  }

  // What costs most for the error that it takes goes first, many at a time, then fewer.
  void DropWhatIsUnnecessary() {
    const auto level_of = [&](size_t) { return 0; };
    Lower(SearchStep::Kind::kWithout, level_of, [](const Candidate&, int level) { return level > 0; });
    const auto one_less = [&](size_t i) { return result_.levels[i] - 1; };
    Lower(SearchStep::Kind::kFewerBits, one_less, [](const Candidate&, int level) { return level > 1; });
  }

  void Lower(SearchStep::Kind kind, const std::function<int(size_t)>& level_of,
             const std::function<bool(const Candidate&, int level)>& can) {
    std::vector<size_t> open;
    for (size_t i = 0; i < candidates_.size(); ++i) {
      if (can(candidates_[i], result_.levels[i])) open.push_back(i);
    }
    std::stable_sort(open.begin(), open.end(), [&](size_t a, size_t b) {
      return candidates_[a].error * candidates_[b].cost < candidates_[b].error * candidates_[a].cost;
    });
    for (size_t size = open.size(); size > 0; size /= 2) {
      for (size_t first = 0; first < open.size() && left_ > 0;) {
        const size_t end = std::min(open.size(), first + size);
        Levels levels = result_.levels;
        for (size_t i = first; i < end; ++i) levels[open[i]] = level_of(open[i]);
        if (Check(kind, levels)) {
          open.erase(open.begin() + static_cast<std::ptrdiff_t>(first),
                     open.begin() + static_cast<std::ptrdiff_t>(end));
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
