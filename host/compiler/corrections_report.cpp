#include "compiler/corrections_report.h"

namespace lockstep::compiler {

using nlohmann::ordered_json;

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
          {"cross-layer equalisation scaled " + std::to_string(channels) + " channels between " +
           std::to_string(result.pairs.size()) + " pairs of layers" +
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
           std::to_string(result.parts.size() + result.left) + " groups of layers" +
           (result.left == 0 ? "" : ", the others would be no better by it") +
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
      {"error compensation split the weights of " + std::to_string(weights) + " nodes and the inputs of " +
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
      result.kept ? "adaptive rounding changed " + std::to_string(changed) + " weights of " +
                        std::to_string(result.layers.size()) + " layers; the outputs are better by it on " + judged
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
  const std::string runs = " on " + std::to_string(result.validation_runs) + " runs that " +
                           (result.held_back ? "it did not see" : "it saw itself, as there are no others");
  return {
      {{"kept", result.kept},
       {"held_back", result.held_back},
       {"rounds", result.rounds},
       {"correction_runs", result.correction_runs},
       {"validation_runs", result.validation_runs},
       {"layers", layers},
       {"outputs", BeforeAndAfter(result.before, result.after)}},
      {result.kept ? "bias correction for features changed " + std::to_string(result.shifts.size()) +
                         " layers; the outputs' error is less by it" + runs
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
