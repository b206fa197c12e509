#include "compiler/corrections_report.h"

#include <map>

#include "graph/counted.h"
#include "quantize/affine.h"
#include "report/table.h"

namespace lockstep::compiler {

using nlohmann::ordered_json;

CorrectionText Describe(const AutoObserverResult& result) {
  const JudgedObserver& kept = result.judged[result.kept];
  ordered_json judged = ordered_json::array();
  for (const JudgedObserver& with : result.judged) judged.push_back({{"observer", with.name}, {"error", with.error}});
  ordered_json groups = ordered_json::array();
  std::map<std::string, size_t> counts;
  for (size_t i = 0; i < result.groups.size(); ++i) {
    const sensitivity::ObserverTrials& group = result.groups[i];
    ordered_json tried = ordered_json::array();
    for (const sensitivity::RangeTrial& range : group.ranges) {
      ordered_json names = ordered_json::array();
      for (const quantize::ObserverKind observer : range.observers) names.push_back(quantize::ToText(observer));
      const quantize::Range levels = quantize::RangeOf(range.params.coarsest());
      tried.push_back({{"observers", names}, {"range", {levels.low, levels.high}}, {"error", range.error}});
    }
    const std::string observer = quantize::ToText(kept.found.at(group.tensors.front()));
    ++counts[observer];
    groups.push_back({{"tensors", result.names[i]}, {"observer", observer}, {"tried", tried}});
  }
  std::string note = "observer auto: ";
  for (const auto& [observer, count] : counts) {
    note += observer + " of " + graph::Counted(count, "range") + ", ";
  }
  const auto text = [](double error) { return report::FixedNumber(100.0 * error, 2) + " %"; };
  note += "chosen by the outputs on " + graph::Counted(result.trial_runs, "run") + "; ";
  note += kept.name == "auto" ? "each tensor its own" : kept.name + " for all is better than each tensor its own";
  note +=
      ": error " + text(kept.error) + " of the outputs' energy on " + graph::Counted(result.judging_runs, "other run");
  for (const JudgedObserver& with : result.judged) {
    if (&with != &kept) note += ", " + with.name + " " + text(with.error);
  }
  return {{{"kept", kept.name},
           {"trial_runs", result.trial_runs},
           {"judging_runs", result.judging_runs},
           {"held_back", result.held_back},
           {"judged", judged},
           {"ranges", groups}},
          {note}};
}

CorrectionText Describe(const quantize::EqualizationResult& result) {
  ordered_json pairs = ordered_json::array();
  size_t channels = 0;
  for (const quantize::EqualizedPair& pair : result.pairs) {
    channels += pair.channels;
    pairs.push_back({{"makers", pair.makers},
                     {"readers", pair.readers},
                     {"channels", pair.channels},
                     {"least_factor", pair.least_factor},
                     {"largest_factor", pair.largest_factor}});
  }
  return {{{"rounds", result.rounds}, {"pairs", pairs}, {"left_out", result.obstacles}},
          {"cross-layer equalisation scaled " + graph::Counted(channels, "channel") + " between " +
           graph::Counted(result.pairs.size(), "pair") + " of layers" +
           (result.obstacles.empty() ? "" : "; left as they are: " + result.obstacles)}};
}

CorrectionText Describe(const quantize::SmoothingResult& result) {
  ordered_json parts = ordered_json::array();
  for (const quantize::SmoothedPart& part : result.parts) {
    parts.push_back({{"makers", part.makers},
                     {"readers", part.readers},
                     {"channels", part.channels},
                     {"alpha", part.alpha},
                     {"expected_error_ratio", part.error_ratio},
                     {"least_factor", part.least_factor},
                     {"largest_factor", part.largest_factor}});
  }
  return {{{"parts", parts}, {"left", result.left}, {"left_out", result.obstacles}},
          {"smoothing scaled the channels in front of " + std::to_string(result.parts.size()) + " of " +
           graph::Counted(result.parts.size() + result.left, "group") + " of layers" +
           (result.left == 0 ? "" : ", the rest would be no better by it") +
           (result.obstacles.empty() ? "" : "; left as they are: " + result.obstacles)}};
}

CorrectionText Describe(const quantize::CompensationResult& result) {
  ordered_json nodes = ordered_json::array();
  size_t weights = 0;
  size_t inputs = 0;
  for (const quantize::CompensatedNode& node : result.nodes) {
    nodes.push_back({{"node", node.name}, {"weight", node.weight}, {"input", node.input}});
    weights += node.weight ? 1 : 0;
    inputs += node.input ? 1 : 0;
  }
  return {
      {{"nodes", nodes}, {"left_out", result.left_out}},
      {"error compensation split the weights of " + graph::Counted(weights, "node") + " and the inputs of " +
       std::to_string(inputs) +
       (result.left_out == 0 ? "" : "; it cannot be for " + std::to_string(result.left_out) + " of what was named")}};
}

CorrectionText Describe(const AdaptiveRoundingResult& result) {
  ordered_json layers = ordered_json::array();
  size_t changed = 0;
  for (const quantize::RoundedLayer& layer : result.layers) {
    changed += layer.changed;
    layers.push_back({{"node", layer.node},
                      {"changed", layer.changed},
                      {"error_before", layer.error.nearest},
                      {"error_after", layer.error.adapted}});
  }
  CorrectionText text{{{"kept", result.kept},
                       {"held_back", result.held_back},
                       {"layers", layers},
                       {"left_out", result.left_out},
                       {"outputs", BeforeAndAfter(result.before, result.after)}},
                      {}};
  const std::string judged =
      result.held_back ? "pictures that it did not see" : "pictures that it saw itself, as there are no others";
  text.notes.push_back(
      result.kept ? "adaptive rounding changed " + graph::Counted(changed, "weight") + " of " +
                        graph::Counted(result.layers.size(), "layer") + "; the outputs are better by it on " + judged
                  : "adaptive rounding was left out as a whole: the outputs are no better by it on " + judged);
  for (const std::string& node : result.left_out) {
    text.notes.push_back(node + " has too many weights by output channel for adaptive rounding");
  }
  return text;
}

CorrectionText Describe(const BiasCorrectionResult& result) {
  ordered_json layers = ordered_json::array();
  for (const quantize::BiasShift& shift : result.shifts) {
    layers.push_back({{"node", shift.node}, {"largest_shift", shift.largest}});
  }
  const std::string runs = " on " + graph::Counted(result.validation_runs, "run") + " that " +
                           (result.held_back ? "it did not see" : "it saw itself, as there are no others");
  return {
      {{"kept", result.kept},
       {"held_back", result.held_back},
       {"rounds", result.rounds},
       {"correction_runs", result.correction_runs},
       {"validation_runs", result.validation_runs},
       {"layers", layers},
       {"outputs", BeforeAndAfter(result.before, result.after)}},
      {result.kept ? "bias correction for features changed " + graph::Counted(result.shifts.size(), "layer") +
                         "; the outputs' error is less by it" + runs
                   : "bias correction for features was left out as a whole: the outputs are no better by it" + runs}};
}

nlohmann::ordered_json BeforeAndAfter(const judge::OutputMetrics& before, const judge::OutputMetrics& after) {
  nlohmann::ordered_json outputs;
  for (const auto& [name, metrics] : before) {
    outputs[name] = {{"sqnr_db_before", metrics.sqnr_db}, {"sqnr_db_after", after.at(name).sqnr_db}};
  }
  return outputs;
}

}  // namespace lockstep::compiler
