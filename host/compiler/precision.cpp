#include "compiler/precision.h"

#include <algorithm>

#include "input/input_source.h"
#include "sensitivity/sensitivity.h"

namespace lockstep::compiler {
namespace {

using sensitivity::Part;
using sensitivity::Trial;

constexpr int kRankingRuns =
    1;  // ranks as well as more do: the error differs from picture to picture, its order hardly
constexpr int kJudgingRuns = 2;
constexpr double kWorthwhile = 0.9;  // of the error may be left

std::vector<Trial> Measured(const quantize::QuantizedGraph& quantized, const Calibration& calibration, Part part,
                            int threads) {
  input::InputSource source(calibration.infos, JudgeItems(calibration, kRankingRuns));
  sensitivity::Options options;
  options.part = part;
  options.threads = threads;
  return sensitivity::Measure(quantized, source, options);
}

// Without those of which the user said something, and without outputs that are delivered as integers.
std::vector<Trial> Open(std::vector<Trial> trials, const graph::Graph& graph, const quantize::QuantizeOptions& options,
                        std::optional<int> quantize::Choices::*choice) {
  const quantize::Policy policy = quantize::ResolvePolicy(graph, options.policy);
  const auto is_said = [&](const Trial& trial) {
    const auto form = options.outputs.find(trial.tensor);
    if (form != options.outputs.end() && form->second.raw) return true;
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      if (graph.nodes[i].name != trial.node) continue;
      const auto tensor = policy.tensors.find(graph.nodes[i].outputs[0]);
      return policy.SaidOf(i, choice) || (tensor != policy.tensors.end() && tensor->second.*choice);
    }
    return false;
  };
  trials.erase(std::remove_if(trials.begin(), trials.end(), is_said), trials.end());
  return trials;
}

quantize::Rule RuleOf(const sensitivity::Raise& raise, const graph::Graph& graph) {
  quantize::Rule rule{"precision", {}, {}};
  if (raise.table_input) {
    rule.scopes.push_back({quantize::Scope::Kind::kNode, raise.node});
    rule.choices.table_input_bits = raise.bits;
    return rule;
  }
  const auto node = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                 [&](const graph::Node& other) { return other.name == raise.node; });
  rule.scopes.push_back({quantize::Scope::Kind::kTensor, graph.tensor(node->outputs[0]).name});
  rule.choices.activation_bits = raise.bits;
  return rule;
}

}  // namespace

bool LeavesPrecisionOpen(const BuildConfig& config) {
  // Of a network for a diagnosis every bit is as it was asked for.
  return config.only == quantize::QuantizeOnly::kAll && config.merged.value("precision", std::string("auto")) == "auto";
}

RaiseResult RaisePrecision(const graph::Graph& graph, const quantize::QuantizeOptions& options,
                           const quantize::Calibration& observed, const Calibration& calibration,
                           const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                           quantize::QuantizedGraph& quantized, std::vector<uint8_t>& model) {
  RaiseResult result;
  const auto measured = [&](Part part) { return Measured(quantized, calibration, part, options.threads); };
  result.plan = sensitivity::PlanRaises(
      quantized, Open(measured(Part::kTableInput), graph, options, &quantize::Choices::table_input_bits),
      Open(measured(Part::kOutput), graph, options, &quantize::Choices::activation_bits), measured(Part::kWeights));
  if (result.plan.raises.empty()) return result;

  quantize::QuantizeOptions raised_options = options;
  for (const sensitivity::Raise& raise : result.plan.raises) raised_options.policy.push_back(RuleOf(raise, graph));
  quantize::QuantizedGraph raised = quantize::Decide(graph, raised_options, observed);
  raised.source_digest = quantized.source_digest;
  std::vector<uint8_t> raised_model = lower(raised);
  judge::OutputError error(graph, JudgeItems(calibration, kJudgingRuns), options.threads);
  result.before = error.Of(model);
  result.after = error.Of(raised_model);
  result.kept = judge::RelativeError(result.after) <= kWorthwhile * judge::RelativeError(result.before);
  if (!result.kept) return result;
  quantized = std::move(raised);
  model = std::move(raised_model);
  return result;
}

}  // namespace lockstep::compiler
