#include "compiler/precision.h"

#include <algorithm>
#include <map>
#include <string>

#include "analyze/metrics.h"
#include "compiler/judging_runs.h"
#include "input/input_source.h"
#include "sensitivity/sensitivity.h"

namespace lockstep::compiler {
namespace {

using sensitivity::Part;

constexpr int kRankingRuns =
    1;  // ranks as well as more do: the error differs from picture to picture, its order hardly
constexpr int kJudgingRuns = 2;
constexpr double kWorthwhile = 0.9;  // of the error may be left

// Whether the user said something of the value, or it is delivered as integers.
class Said {
 public:
  Said(const graph::Graph& graph, const quantize::QuantizeOptions& options)
      : graph_(graph), options_(options), policy_(quantize::ResolvePolicy(graph, options.policy)) {
    for (size_t i = 0; i < graph.nodes.size(); ++i) places_[graph.nodes[i].name] = i;
  }

  bool operator()(const graph::Node& node, Part part) const {
    const auto choice =
        part == Part::kTableInput ? &quantize::Choices::table_input_bits : &quantize::Choices::activation_bits;
    const auto form = options_.outputs.find(graph_.tensor(node.outputs[0]).name);
    if (form != options_.outputs.end() && form->second.raw) return true;
    const auto tensor = policy_.tensors.find(node.outputs[0]);
    return policy_.SaidOf(places_.at(node.name), choice) || (tensor != policy_.tensors.end() && tensor->second.*choice);
  }

 private:
  const graph::Graph& graph_;
  const quantize::QuantizeOptions& options_;
  quantize::Policy policy_;
  std::map<std::string, size_t> places_;
};

sensitivity::RaisePlan Plan(const graph::Graph& graph, const quantize::QuantizeOptions& options,
                            const Calibration& calibration, const quantize::QuantizedGraph& quantized) {
  const Said is_said(graph, options);
  sensitivity::Options measured;
  measured.parts = {Part::kTableInput, Part::kOutput};
  measured.wanted = [&](const graph::Node& node, Part part) {
    return !is_said(node, part) && !sensitivity::IsWide(quantized, node, part);
  };
  measured.threads = options.threads;
  const std::vector<input::DataItem> items = ChooseJudgingRuns(calibration, kRankingRuns).items;
  input::InputSource source(calibration.infos, items);
  const std::vector<sensitivity::Trial> trials = sensitivity::Measure(quantized, source, measured);
  input::InputSource again(calibration.infos, items);
  return sensitivity::PlanRaises(quantized, trials, sensitivity::MeasureWeights(quantized, again, options.threads));
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
  // Of a network for a diagnosis, and in a calibration file, every bit is as it was asked for.
  return config.from_calibration.empty() && config.only == quantize::QuantizeOnly::kAll &&
         config.merged.value("precision", std::string("auto")) == "auto";
}

RaiseResult RaisePrecision(const graph::Graph& graph, const quantize::QuantizeOptions& options,
                           const quantize::Calibration& observed, const Calibration& calibration,
                           const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                           quantize::QuantizedGraph& quantized, std::vector<uint8_t>& model) {
  RaiseResult result;
  result.plan = Plan(graph, options, calibration, quantized);
  if (result.plan.raises.empty()) return result;

  quantize::QuantizeOptions raised_options = options;
  for (const sensitivity::Raise& raise : result.plan.raises) raised_options.policy.push_back(RuleOf(raise, graph));
  quantize::QuantizedGraph raised = quantize::Decide(graph, raised_options, observed);
  raised.source_digest = quantized.source_digest;
  std::vector<uint8_t> raised_model = lower(raised);
  judge::OutputError error(graph, ChooseJudgingRuns(calibration, kJudgingRuns).items, options.threads);
  result.before = error.Of(model);
  result.after = error.Of(raised_model);
  result.kept = analyze::ErrorShare(result.after) <= kWorthwhile * analyze::ErrorShare(result.before);
  if (!result.kept) return result;
  quantized = std::move(raised);
  model = std::move(raised_model);
  return result;
}

}  // namespace lockstep::compiler
