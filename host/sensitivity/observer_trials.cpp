#include "sensitivity/observer_trials.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

namespace lockstep::sensitivity {

using quantize::AffineParams;
using quantize::QuantizedGraph;
using quantize::TensorFormat;

namespace {

// Levels that differ by less over the whole range make the same errors.
bool IsNear(const AffineParams& a, const AffineParams& b) {
  constexpr double kNear = 0.005;
  return a.bits == b.bits && std::abs(a.zero_point - b.zero_point) <= kNear * a.high() &&
         std::abs(a.scale - b.scale) <= kNear * a.scale;
}

bool IsNear(const TensorFormat& a, const TensorFormat& b) {
  for (size_t c = 0; c < std::max(a.scales.size(), b.scales.size()); ++c) {
    if (!IsNear(a.channel(c), b.channel(c))) return false;
  }
  return true;
}

// The nodes by which a group is rounded: of those whose values another of the group takes over, that one.
class Writers {
 public:
  Writers(const QuantizedGraph& quantized, const std::vector<graph::TensorId>& group)
      : quantized_(quantized), uses_(quantized.graph), group_(group.begin(), group.end()) {}

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const graph::Node& node : quantized_.graph.nodes) {
      if (IsIn(node.outputs[0]) && Rounds(node) && !IsCovered(node.outputs[0])) names.push_back(node.name);
    }
    return names;
  }

 private:
  bool IsIn(graph::TensorId id) const { return group_.count(id) != 0; }
  bool Rounds(const graph::Node& node) const { return NodeSimulation::Exists(quantized_, node, Part::kOutput); }

  // Whether all that is made of a tensor is rounded behind it.
  bool IsCovered(graph::TensorId id) const {
    const std::vector<int32_t>& readers = uses_.consumers[static_cast<size_t>(id)];
    if (uses_.is_output[static_cast<size_t>(id)] || readers.empty()) return false;
    return std::all_of(readers.begin(), readers.end(), [&](int32_t reader) {
      const graph::Node& node = quantized_.graph.nodes[static_cast<size_t>(reader)];
      const auto is_rounded = [&](graph::TensorId output) {
        return IsIn(output) && (Rounds(node) || IsCovered(output));
      };
      return std::all_of(node.outputs.begin(), node.outputs.end(),
                         [&](graph::TensorId output) { return output == graph::kNoTensor || is_rounded(output); });
    });
  }

  const QuantizedGraph& quantized_;
  const graph::Uses uses_;
  const std::set<graph::TensorId> group_;
};

}  // namespace

std::vector<ObserverTrials> DistinctRanges(const std::vector<std::vector<graph::TensorId>>& groups,
                                           const std::vector<std::pair<quantize::ObserverKind, Formats>>& by_observer) {
  std::vector<ObserverTrials> trials;
  for (const std::vector<graph::TensorId>& group : groups) {
    ObserverTrials& of_group = trials.emplace_back();
    of_group.tensors = group;
    for (const auto& [observer, formats] : by_observer) {
      const TensorFormat& levels = formats.at(group.front());
      const auto known = std::find_if(of_group.ranges.begin(), of_group.ranges.end(),
                                      [&](const RangeTrial& range) { return IsNear(range.params, levels); });
      if (known != of_group.ranges.end()) {
        known->observers.push_back(observer);
      } else {
        of_group.ranges.push_back({{observer}, levels});
      }
    }
  }
  return trials;
}

namespace {

// The trials of one pass after the other over all ranges that are still in question.
class Measurement {
 public:
  Measurement(QuantizedGraph quantized, int threads, const Progress& progress, std::vector<ObserverTrials>& groups)
      : quantized_(std::move(quantized)), threads_(threads), progress_(progress) {
    for (ObserverTrials& group : groups) {
      if (group.ranges.size() == 1) continue;
      std::vector<std::string> writers = Writers(quantized_, group.tensors).Names();
      if (writers.empty()) continue;
      open_.push_back({&group, std::move(writers), {}});
      for (size_t i = 0; i < group.ranges.size(); ++i) open_.back().ranges.push_back(i);
    }
  }

  void Pass(const Pictures& pictures) {
    const int runs = pictures()->size();
    size_t rounds = 0;
    int trials = 0;
    for (const Open& open : open_) {
      rounds = std::max(rounds, open.ranges.size());
      trials += static_cast<int>(open.writers.size() * open.ranges.size());
    }
    const int total = done_ + trials * runs;
    for (size_t round = 0; round < rounds; ++round) Round(round, pictures, total);
    runs_ += runs;
  }

  // Further trials cannot make good what costs several times the least.
  void LeaveOutTheWorst() {
    constexpr double kMost = 2.0;
    for (Open& open : open_) {
      const std::vector<RangeTrial>& ranges = open.group->ranges;
      const double least = ranges[Best(open)].error;
      const auto is_bad = [&](size_t range) { return ranges[range].error > kMost * least; };
      open.ranges.erase(std::remove_if(open.ranges.begin(), open.ranges.end(), is_bad), open.ranges.end());
    }
    for (const Open& open : open_) open.group->best = Best(open);
    const auto is_decided = [](const Open& open) { return open.ranges.size() == 1; };
    open_.erase(std::remove_if(open_.begin(), open_.end(), is_decided), open_.end());
  }

 private:
  struct Open {
    ObserverTrials* group = nullptr;
    std::vector<std::string> writers;
    std::vector<size_t> ranges;
  };

  static size_t Best(const Open& open) {
    return *std::min_element(open.ranges.begin(), open.ranges.end(), [&](size_t a, size_t b) {
      return open.group->ranges[a].error < open.group->ranges[b].error;
    });
  }

  // One range of each group, all beside each other.
  void Round(size_t round, const Pictures& pictures, int total) {
    std::map<std::string, double> errors;  // by writer
    for (const Open& open : open_) {
      if (round >= open.ranges.size()) continue;
      const RangeTrial& range = open.group->ranges[open.ranges[round]];
      for (const graph::TensorId id : open.group->tensors) quantized_.formats[id] = range.params;
      for (const std::string& writer : open.writers) errors[writer] = 0.0;
    }
    Options options;
    options.parts = {Part::kOutput};
    options.threads = threads_;
    options.wanted = [&](const graph::Node& node, Part) { return errors.count(node.name) != 0; };
    const auto source = pictures();
    const int runs = source->size();
    const auto advance = [&](int done, int) {
      if (progress_) progress_(done_ + done, total);
    };
    for (const Trial& trial : Measure(quantized_, *source, options, advance)) {
      errors[trial.node] = analyze::ErrorShare(trial.outputs);
    }
    done_ += static_cast<int>(errors.size()) * runs;
    for (const Open& open : open_) {
      if (round >= open.ranges.size()) continue;
      double& error = open.group->ranges[open.ranges[round]].error;
      double of_pass = 0.0;
      for (const std::string& writer : open.writers) of_pass += errors[writer];
      error = (error * runs_ + of_pass * runs) / (runs_ + runs);
    }
  }

  QuantizedGraph quantized_;
  const int threads_;
  const Progress& progress_;
  std::vector<Open> open_;
  int runs_ = 0;  // of earlier passes
  int done_ = 0;
};

}  // namespace

void MeasureObservers(const QuantizedGraph& quantized, const std::vector<Pictures>& passes, int threads,
                      const Progress& progress, std::vector<ObserverTrials>& groups) {
  Measurement measurement(quantized, threads, progress, groups);
  for (const Pictures& pictures : passes) {
    measurement.Pass(pictures);
    measurement.LeaveOutTheWorst();
  }
}

}  // namespace lockstep::sensitivity
