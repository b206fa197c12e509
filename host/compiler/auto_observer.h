// The observer `auto`: of each tensor the observer by which the network's outputs are best.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/build_config.h"
#include "compiler/front.h"
#include "judge/output_error.h"
#include "quantize/quantize.h"
#include "sensitivity/observer_trials.h"

namespace lockstep::compiler {

using FoundObservers = std::map<graph::TensorId, quantize::ObserverKind>;

// The whole network with one way to choose these ranges.
struct JudgedObserver {
  std::string name;  // "auto": each tensor by its own best
  FoundObservers found;
  judge::OutputMetrics outputs;
  double error = 0.0;  // analyze::ErrorShare of them
};

struct AutoObserverResult {
  std::vector<sensitivity::ObserverTrials> groups;
  std::vector<std::vector<std::string>> names;  // of the groups' tensors
  std::vector<JudgedObserver> judged;           // "auto" first; of those that choose the same ranges the first
  size_t kept = 0;                              // of `judged`
  bool lost = false;                            // all lose half of the outputs or more: minmax is kept
  size_t trial_runs = 0;
  size_t judging_runs = 0;
  bool held_back = false;  // the judging runs were in no trial
};

// For all tensors whose observer is `auto`: tries on few of the calibration's runs what each observer's range costs the
// outputs, judges on other runs the integer model with each tensor's best and those with one observer for all, and
// keeps the best, or minmax if all lose the outputs: FoundObservers of it is what QuantizeOptions needs. Nothing is
// measured where no observer is `auto`. Throws UsageError if not the whole network is quantised.
AutoObserverResult ChooseObservers(const graph::Graph& graph, const quantize::QuantizeOptions& options,
                                   const quantize::Calibration& observed, const Calibration& calibration,
                                   const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                                   const std::function<void(int, int)>& advance);

inline FoundObservers Found(const AutoObserverResult& result) {
  return result.judged.empty() ? FoundObservers() : result.judged[result.kept].found;
}

}  // namespace lockstep::compiler
