#include "quantize/quantize.h"

#include <algorithm>
#include <thread>

#include "graph/counted.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "quantize/activation_params.h"
#include "quantize/channel_scales.h"
#include "quantize/corrections/error_compensation.h"
#include "quantize/fixed_params.h"
#include "quantize/given_levels.h"
#include "quantize/lost_levels.h"
#include "quantize/operator_classes.h"
#include "quantize/policy_effect.h"
#include "quantize/range_methods.h"
#include "quantize/scale_groups.h"
#include "quantize/state_formats.h"
#include "quantize/weight_operands.h"
#include "quantize/widths.h"

namespace lockstep::quantize {
namespace {

void CheckOptions(const graph::Graph& graph, const QuantizeOptions& options) {
  if (options.tail_bits != 8 && options.tail_bits != 16) {
    throw UsageError("tail_bits is " + std::to_string(options.tail_bits) + "; choose 8 or 16");
  }
  if (!(options.observer.percentile > 50.0 && options.observer.percentile <= 100.0)) {
    throw UsageError("percentile is " + std::to_string(options.observer.percentile) +
                     "; choose more than 50 and at most 100");
  }
  std::vector<std::string> inputs;
  for (const graph::TensorId input : graph.inputs) inputs.push_back(graph.tensor(input).name);
  for (const auto& [name, preprocess] : options.preprocess) {
    if (std::count(inputs.begin(), inputs.end(), name) != 0) continue;
    throw UsageError("the model has no input " + graph::Quoted(name) + graph::DidYouMean(name, inputs));
  }
}

std::set<graph::TensorId> RawOutputs(const graph::Graph& graph, const QuantizeOptions& options) {
  std::set<graph::TensorId> raw;
  for (const auto& [name, form] : options.outputs) {
    if (form.raw) raw.insert(graph.Find(name));
  }
  return raw;
}

// Everything but formats and weights.
struct Plan {
  QuantizedGraph result;
  Policy policy;
  Widths widths;
  ActivationParams fixed;
  ScaleGroups groups;
  RangeMethods methods;
};

Plan MakePlan(const graph::Graph& graph, const QuantizeOptions& options, Policy policy,
              const std::map<graph::TensorId, double>& largest_seen = {}) {
  QuantizedGraph result;
  result.graph = graph;
  for (const auto& [name, preprocess] : options.preprocess) result.preprocess[graph.Find(name)] = preprocess;
  for (const auto& [name, form] : options.outputs) result.outputs[graph.Find(name)] = form;
  Widths widths = ChooseWidths(result.graph, options.tail_bits, policy, RawOutputs(graph, options));
  ActivationParams fixed = FixedParams(result.graph, widths, options.preprocess, policy.floats, largest_seen);
  FixGivenLevels(options.given, result.graph, widths, fixed);
  ScaleGroups groups(result.graph, widths, fixed);
  RangeMethods methods = ChooseRangeMethods(result.graph, policy, widths, options.observer);
  TakeFound(options.found_observers, methods);
  return {std::move(result), std::move(policy), std::move(widths),
          std::move(fixed),  std::move(groups), std::move(methods)};
}

// What follows from graph and options alone.
Plan MakePlan(const graph::Graph& graph, const QuantizeOptions& options) {
  CheckOptions(graph, options);
  Policy policy = ResolvePolicy(graph, options.policy);
  if (options.only != QuantizeOnly::kFeatures) return MakePlan(graph, options, std::move(policy));
  const Widths integer = ChooseActivationWidths(graph, options.tail_bits, policy, RawOutputs(graph, options));
  graph::Graph copied = graph;
  policy = KeepFeaturesOnly(copied, integer, ChooseRangeMethods(graph, policy, integer, options.observer));
  QuantizeOptions said = options;
  said.tail_bits = kByteBits;  // the tail's bits are said of its tensors
  return MakePlan(copied, said, std::move(policy));
}

// The same with what the pictures show of tensors that would lose their levels.
Plan MakePlan(const graph::Graph& graph, const QuantizeOptions& options, const Calibration& calibration, int threads) {
  Plan plan = MakePlan(graph, options);
  if (options.only == QuantizeOnly::kFeatures) return plan;
  const std::vector<Rescue> rescues =
      options.rescue ? FindLostLevels(plan.result.graph, plan.policy, plan.widths, plan.groups, plan.fixed,
                                      calibration.statistics, threads, RawOutputs(graph, options))
                     : std::vector<Rescue>();
  const auto largest_seen = LargestSeen(plan.result.graph, plan.fixed, calibration.statistics, threads);
  Apply(rescues, plan.policy);
  plan = MakePlan(graph, options, std::move(plan.policy), largest_seen);
  for (const Rescue& rescue : rescues) plan.result.notes.push_back(rescue.reason);
  return plan;
}

// How each range came about, in words.
std::map<graph::TensorId, std::string> RangeSources(const QuantizeOptions& options, const Plan& plan) {
  const graph::Graph& graph = plan.result.graph;
  std::map<graph::TensorId, std::string> sources;
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    if (plan.widths[static_cast<size_t>(id)] == kFloatWidth || graph.tensor(id).constant) continue;
    sources[id] = ToText(plan.methods.Of(plan.groups.Members(id)).kind);
  }
  for (const graph::Node& node : graph.nodes) {
    if (NeedsTable(node.activation)) sources[node.pre_activation] = "table";
  }
  for (const auto& [id, params] : plan.fixed) {
    const bool is_input = std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0;
    const bool is_given = IsAsGiven(options.given, graph, id, params);
    sources[id] = is_given ? "network" : is_input ? "input" : "operator";
  }
  return sources;
}

// Of 8 bits and fewer: above, levels are plenty.
ChannelScales ScalesOfChannels(const QuantizeOptions& options, const Plan& plan, const Calibration& calibration,
                               ActivationParams& params) {
  ChannelScaleChoice choice{{}, plan.methods, calibration.channel_extremes};
  if (options.activations_per_tensor) return {};
  for (const auto& [id, node] : ChannelScaleTensors(plan.result.graph, plan.policy.floats)) {
    const int bits = plan.widths[static_cast<size_t>(id)];
    const bool in_parts = options.input_parts.count(node->name) != 0;
    if (NeedsTable(node->activation) && !options.channel_tables) continue;
    if (bits != kFloatWidth && bits <= kByteBits && plan.fixed.count(id) == 0 && !in_parts) choice.tensors[id] = node;
  }
  return ChooseChannelScales(choice, params);
}

WeightOptions WeightOptionsOf(const QuantizeOptions& options, const Policy& policy, const Calibration& calibration) {
  WeightOptions weights;
  weights.range = options.weight_range;
  weights.per_tensor = options.weights_per_tensor;
  weights.threads = ThreadsOf(options.threads);
  weights.means = calibration.channel_means;
  weights.policy = policy;
  return weights;
}

QuantizeOptions AllInFloats(QuantizeOptions options) {
  Rule rule{"quantize_only", {{}}, {}};
  rule.choices.floats = true;
  options.policy = {rule};
  options.only = QuantizeOnly::kAll;
  options.rescue = false;
  return options;
}

}  // namespace

int ThreadsOf(int threads) {
  return threads > 0 ? threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

Unsaid UnsaidOf(const graph::Graph& graph, const QuantizeOptions& options) {
  const QuantizeOptions nothing_said;
  const QuantizeOptions& by_user = options.given.tensors.empty() ? options : nothing_said;  // else the network decides
  return {options.observer,  by_user.weight_range, options.weights_per_tensor, by_user.bias_correction,
          by_user.tail_bits, options.only,         options.preprocess,         RawOutputs(graph, options)};
}

void RequireWholeEffect(const graph::Graph& graph, const QuantizeOptions& options) {
  RequireWholeEffect(graph, MatchAll(graph, options.policy), UnsaidOf(graph, options));
}

Observation PlanObservation(const graph::Graph& graph, const QuantizeOptions& options) {
  Plan plan = MakePlan(graph, options);
  const std::vector<Statement> statements = MatchAll(graph, options.policy);
  RequireQuantized(statements, options.only);
  RequireEffect(graph, statements, UnsaidOf(graph, options));
  const graph::Graph& planned = plan.result.graph;
  std::set<graph::TensorId> wanted =
      WantedStatistics(planned, plan.widths, plan.groups, plan.fixed, plan.policy.floats);
  for (const auto& [id, params] : plan.fixed) {
    if (std::count(planned.inputs.begin(), planned.inputs.end(), id) == 0) wanted.insert(id);
  }
  std::set<graph::TensorId> observed = Derivation(planned).Sources(wanted);
  std::set<graph::TensorId> corrected =
      options.bias_correction ? CorrectableInputs(planned, plan.policy.floats) : std::set<graph::TensorId>();
  std::set<graph::TensorId> channels;
  for (const auto& [id, node] : ChannelScaleTensors(planned, plan.policy.floats)) {
    channels.insert(SeenFor(*node));
    observed.insert(SeenFor(*node));
  }
  return {std::move(plan.result.graph), std::move(observed), std::move(corrected), std::move(channels)};
}

Calibration Observe(const Observation& observation, CalibrationSource& source, int threads, const Progress& progress) {
  return Calibrate(observation, source, ThreadsOf(threads), progress);
}

Calibration Observe(const graph::Graph& graph, const QuantizeOptions& options, CalibrationSource& source,
                    const Progress& progress) {
  return Observe(PlanObservation(graph, options), source, options.threads, progress);
}

QuantizedGraph Decide(const graph::Graph& graph, const QuantizeOptions& options, const Calibration& calibration) {
  const int threads = ThreadsOf(options.threads);
  Plan plan = MakePlan(graph, options, calibration, threads);
  WeightOptions weights = WeightOptionsOf(options, plan.policy, calibration);
  if (options.only == QuantizeOnly::kWeights) {
    graph::Graph rounded = graph;
    KeepWeightsOnly(rounded, weights);
    return Decide(rounded, AllInFloats(options), calibration);
  }
  QuantizedGraph& result = plan.result;
  result.calibration_digest = calibration.digest;
  ActivationParams params = ChooseActivationParams(result.graph, plan.widths, plan.groups, plan.fixed,
                                                   calibration.statistics, plan.methods, threads, plan.policy.floats);
  FixGivenLevels(options.given, result.graph, plan.widths, params);  // in front of tables too
  if (!options.given.tensors.empty()) {
    result.notes.push_back(GivenNote(options.given, result.graph, plan.widths, params));
  }
  weights.channel_scales = ScalesOfChannels(options, plan, calibration, params);
  StateFormats(params, weights.channel_scales, plan.policy.floats, result);
  result.floats = plan.policy.floats;
  result.range_sources = RangeSources(options, plan);
  result.weights = QuantizeWeightOperands(result.graph, params, weights, result.notes);
  StateInputParts(options.input_parts, result);
  return std::move(result);
}

std::vector<std::vector<graph::TensorId>> AutoGroups(const graph::Graph& graph, const QuantizeOptions& options,
                                                     const Calibration& calibration) {
  const Plan plan = MakePlan(graph, options, calibration, ThreadsOf(options.threads));
  const RangeMethods methods = ChooseRangeMethods(plan.result.graph, plan.policy, plan.widths, options.observer);
  std::set<graph::TensorId> before_tables;
  for (const graph::Node& node : graph.nodes) {
    if (NeedsTable(node.activation)) before_tables.insert(node.pre_activation);
  }
  std::map<graph::TensorId, std::vector<graph::TensorId>> by_representative;
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    const bool integer = plan.widths[static_cast<size_t>(id)] != kFloatWidth && !graph.tensor(id).constant;
    if (integer && before_tables.count(id) == 0) by_representative[plan.groups.Of(id)].push_back(id);
  }
  std::vector<std::vector<graph::TensorId>> groups;
  for (auto& [representative, members] : by_representative) {
    const auto is_fixed = [&](graph::TensorId id) { return plan.fixed.count(id) != 0; };
    if (std::any_of(members.begin(), members.end(), is_fixed)) continue;
    if (methods.Of(members).kind == ObserverKind::kAuto) groups.push_back(std::move(members));
  }
  return groups;
}

QuantizedGraph Quantize(const graph::Graph& graph, const QuantizeOptions& options, CalibrationSource& source,
                        const Progress& progress) {
  return Decide(graph, options, Observe(graph, options, source, progress));
}

}  // namespace lockstep::quantize
