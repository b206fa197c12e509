#include "quantize/policy_outcome.h"

#include <algorithm>

#include "quantize/fixed_params.h"
#include "quantize/operator_classes.h"
#include "quantize/range_methods.h"
#include "quantize/weight_operands.h"
#include "quantize/weight_search.h"

namespace lockstep::quantize {
namespace {

size_t Index(graph::TensorId id) { return static_cast<size_t>(id); }

Widths WidthsOf(const graph::Graph& graph, const Policy& policy, const Unsaid& unsaid) {
  Widths widths = ChooseActivationWidths(graph, unsaid.tail_bits, policy, unsaid.raw);
  const graph::Uses uses(graph);
  for (const graph::TensorId id : graph.inputs) {
    const std::vector<int32_t>& readers = uses.consumers[Index(id)];
    const bool in_integers = std::any_of(readers.begin(), readers.end(), [&](int32_t reader) {
      return !IsFloat(policy.floats, static_cast<size_t>(reader));
    });
    if (!in_integers) widths[Index(id)] = kFloatWidth;
  }
  if (unsaid.only == QuantizeOnly::kFeatures) {
    for (const graph::Node& node : graph.nodes) {
      if (node.pre_activation != graph::kNoTensor) widths[Index(node.pre_activation)] = kFloatWidth;
    }
  }
  for (const auto& [id, params] : FixedParams(graph, widths, unsaid.preprocess, policy.floats)) {
    if (widths[Index(id)] != kFloatWidth) widths[Index(id)] = params.bits;
  }
  return widths;
}

// By which method every range is chosen that is chosen by any.
std::map<graph::TensorId, RangeOptions> RangesOf(const graph::Graph& graph, const Policy& policy, const Widths& widths,
                                                 const Unsaid& unsaid) {
  const RangeMethods methods = ChooseRangeMethods(graph, policy, widths, unsaid.observer);
  const std::map<graph::TensorId, AffineParams> fixed = FixedParams(graph, widths, unsaid.preprocess, policy.floats);
  std::set<graph::TensorId> before_tables;
  for (const graph::Node& node : graph.nodes) before_tables.insert(node.pre_activation);
  std::map<graph::TensorId, RangeOptions> ranges;
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    const int bits = widths[Index(id)];
    if (bits == kFloatWidth || graph.tensor(id).constant || fixed.count(id) != 0) continue;
    if (before_tables.count(id) != 0) continue;
    RangeOptions method = methods.Of(id);
    if (bits > kMostBitsObserved) method.kind = ObserverKind::kMinMax;
    if (method.kind != ObserverKind::kPercentile) method.percentile = RangeOptions().percentile;
    ranges[id] = method;
  }
  return ranges;
}

// The most weights that one scale can hold for.
size_t LongestRow(const graph::Graph& graph, const graph::Node& node, bool per_tensor) {
  const graph::Shape& shape = graph.tensor(node.inputs[static_cast<size_t>(TraitsOf(node).weights)]).shape;
  size_t count = 1;
  for (const int64_t extent : shape) count *= static_cast<size_t>(extent);
  if (per_tensor || shape.size() < 2) return count;
  return count / static_cast<size_t>(std::max<int64_t>(1, std::min(shape[0], shape[1])));
}

WeightMethod MethodOf(const graph::Graph& graph, const Policy& policy, size_t node, const Unsaid& unsaid) {
  const int bits = policy.For(node, &Choices::weight_bits).value_or(kByteBits);
  const bool per_tensor = policy.For(node, &Choices::weights_per_tensor).value_or(unsaid.weights_per_tensor);
  WeightRangeKind range = policy.For(node, &Choices::weight_range).value_or(unsaid.weight_range);
  const bool keeps = SearchKeepsLargest(LongestRow(graph, graph.nodes[node], per_tensor), bits);
  if (range == WeightRangeKind::kMse && keeps) range = WeightRangeKind::kMax;
  return {bits, range, per_tensor};
}

}  // namespace

bool HasIntegerWeights(const graph::Graph& graph, const Policy& policy, size_t node) {
  return TraitsOf(graph.nodes[node]).weights >= 0 && !IsFloat(policy.floats, node);
}

Outcome OutcomeOf(const graph::Graph& graph, const Policy& policy, const Unsaid& unsaid) {
  Outcome outcome;
  outcome.floats = policy.floats;
  if (unsaid.only != QuantizeOnly::kWeights) {
    outcome.widths = WidthsOf(graph, policy, unsaid);
    outcome.ranges = RangesOf(graph, policy, outcome.widths, unsaid);
  }
  if (unsaid.only == QuantizeOnly::kFeatures) return outcome;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (HasIntegerWeights(graph, policy, i)) outcome.weights[i] = MethodOf(graph, policy, i, unsaid);
  }
  if (unsaid.bias_correction) outcome.corrected = CorrectableInputs(graph, policy.floats);
  return outcome;
}

}  // namespace lockstep::quantize
