#include "quantize/corrections/error_compensation.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "graph/constants.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "quantize/channel_order.h"
#include "quantize/corrections/channel_weights.h"
#include "quantize/fixed_params.h"
#include "quantize/operator_classes.h"
#include "quantize/split_names.h"
#include "quantize/weight_scale.h"

namespace lockstep::quantize {
namespace {

constexpr char kSetting[] = "error_compensation";

// Why it cannot be done; empty where it can.
class Obstacles {
 public:
  Obstacles(const graph::Graph& graph, const QuantizeOptions& options)
      : graph_(graph),
        only_(options.only),
        policy_(ResolvePolicy(graph, options.policy)),
        uses_(graph),
        fixed_(FixedParams(graph, Widths(static_cast<size_t>(graph.tensor_count()), kMostBits), options.preprocess,
                           policy_.floats)) {}

  std::string OfWeight(size_t place) const {
    std::string problem = OfNode(place);
    if (!problem.empty()) return problem;
    if (only_ == QuantizeOnly::kFeatures) return "quantize_only keeps its weights in floats";
    const int bits = policy_.For(place, &Choices::weight_bits).value_or(kByteBits);
    if (bits <= kByteBits) return "";
    return "its weights have " + std::to_string(bits) + " bits; give them 8 with weight_bits";
  }

  std::string OfInput(size_t place) const {
    std::string problem = OfNode(place);
    if (!problem.empty()) return problem;
    if (only_ != QuantizeOnly::kAll) return "with quantize_only its layer computes in floats";
    const graph::TensorId id = Root(graph_.nodes[place].inputs[0]);
    const auto fixed = fixed_.find(id);
    if (fixed == fixed_.end() || fixed->second.bits > kByteBits) return "";
    return "it reads " + graph::Quoted(graph_.tensor(id).name) + ", which is bytes and has no low part";
  }

  const Policy& policy() const { return policy_; }

 private:
  std::string OfNode(size_t place) const {
    const graph::Node& node = graph_.nodes[place];
    if (IsFloat(policy_.floats, place)) return "it computes in floats";
    for (const graph::Node& other : graph_.nodes) {
      if (other.name == node.name + kLowSuffix || other.name == node.name + kSumSuffix) {
        return "the network has a node " + graph::Quoted(other.name) + " already";
      }
    }
    if (HasChannelWeights(graph_, node)) return "";
    return node.op + " has no constant weights; Conv, ConvTranspose, Gemm and MatMul have some";
  }

  // What the elements of the tensor are moved from.
  graph::TensorId Root(graph::TensorId id) const {
    for (;;) {
      const int32_t producer = uses_.producer[static_cast<size_t>(id)];
      if (producer < 0 || !SharesScale(graph_.nodes[static_cast<size_t>(producer)])) return id;
      id = graph_.nodes[static_cast<size_t>(producer)].inputs[0];
    }
  }

  const graph::Graph& graph_;
  QuantizeOnly only_;
  Policy policy_;
  graph::Uses uses_;
  std::map<graph::TensorId, AffineParams> fixed_;
};

struct Wanted {
  bool weight = false;
  bool input = false;
};

std::string TextOf(const Scope& scope) {
  return scope.kind == Scope::Kind::kAll ? std::string("DEFAULT") : scope.pattern;
}

// What is done with each node that a request names.
std::map<size_t, Wanted> Choose(const graph::Graph& graph, const CompensationRequests& requests,
                                const Obstacles& obstacles, size_t& left_out) {
  std::map<size_t, Wanted> wanted;
  for (const auto& [scope, part] : requests) {
    if (scope.kind == Scope::Kind::kTensor) {
      throw UsageError(std::string(kSetting) + " is said of nodes, not of tensors such as " +
                       graph::Quoted(scope.pattern) + "; name the node that reads it");
    }
    const Matched matched = Match(graph, scope, kSetting);
    const bool one = matched.nodes.size() == 1;
    bool any = false;
    std::string reason;
    const auto take = [&](size_t place, const std::string& obstacle, bool Wanted::*member) {
      if (obstacle.empty()) {
        wanted[place].*member = true;
        any = true;
        return;
      }
      if (!reason.empty()) return;
      const std::string& name = graph.nodes[place].name;
      reason = (name == scope.pattern ? "" : "of " + graph::Quoted(name) + ": ") + obstacle;
    };
    for (const size_t place : matched.nodes) {
      const size_t before = wanted.count(place);
      if (part != CompensatedPart::kInput) take(place, obstacles.OfWeight(place), &Wanted::weight);
      if (part != CompensatedPart::kWeight) take(place, obstacles.OfInput(place), &Wanted::input);
      if (before == wanted.count(place) && before == 0) ++left_out;
    }
    if (!any || (one && !reason.empty())) {
      throw UsageError(std::string(kSetting) + " for " + graph::Quoted(TextOf(scope)) + " is not possible: " + reason);
    }
  }
  return wanted;
}

// The constant rounded to levels of `bits` bits, the largest weight being the last level.
std::vector<float> Rounded(const graph::Node& node, const graph::Tensor& weights, int bits, bool per_tensor) {
  const ChannelOrder order = OrderByChannel(node, weights.shape);
  std::vector<float> rows;
  for (const size_t at : order.places) rows.push_back(weights.constant->floats[at]);
  const size_t count = per_tensor ? rows.size() : order.per_channel();
  std::vector<float> rounded(rows.size());
  for (size_t first = 0; first < rows.size(); first += count) {
    const double scale = ChooseWeightScale(rows.data() + first, count, WeightRangeKind::kMax, bits);
    for (size_t row = first; row < first + count; ++row) {
      rounded[order.places[row]] = scale > 0.0 ? static_cast<float>(std::round(rows[row] / scale) * scale) : 0.0F;
    }
  }
  return rounded;
}

graph::TensorId AddLike(graph::Graph& graph, graph::TensorId like, const char* suffix) {
  graph::Tensor tensor;
  tensor.name = graph.UniqueName(graph.tensor(like).name + suffix);
  tensor.shape = graph.tensor(like).shape;
  return graph.AddTensor(std::move(tensor));
}

void RequireBits(const graph::Graph& graph, graph::TensorId id, PolicySettings& rules) {
  Rule rule{kSetting, {{Scope::Kind::kTensor, graph.tensor(id).name}}, {}, true};
  rule.choices.activation_bits = kMostBits;
  rules.push_back(std::move(rule));
}

// The node with the high weights stays in its place; those that were added follow it. Returns the name of the one with
// the low weights.
std::string SplitWeights(graph::Graph& graph, size_t place, int bits, bool per_tensor, PolicySettings& rules) {
  const graph::Node node = graph.nodes[place];
  const auto operand = static_cast<size_t>(TraitsOf(node).weights);
  const graph::Tensor weights = graph.tensor(node.inputs[operand]);
  const graph::TensorId y = node.outputs[0];
  std::vector<float> high = Rounded(node, weights, bits, per_tensor);
  std::vector<float> low = weights.constant->floats;
  for (size_t i = 0; i < low.size(); ++i) low[i] -= high[i];

  graph::Node& of_high = graph.nodes[place];
  of_high.inputs[operand] = graph::AddFloats(graph, weights.name + kHighSuffix, weights.shape, std::move(high));
  of_high.outputs = {AddLike(graph, y, kHighSuffix)};
  of_high.activation = {};
  of_high.pre_activation = graph::kNoTensor;

  graph::Node of_low = of_high;
  of_low.name = node.name + kLowSuffix;
  of_low.inputs.resize(operand + 1);  // no bias
  of_low.inputs[operand] = graph::AddFloats(graph, weights.name + kLowSuffix, weights.shape, std::move(low));
  of_low.outputs = {AddLike(graph, y, kLowSuffix)};

  graph::Node sum;
  sum.op = "Add";
  sum.name = node.name + kSumSuffix;
  sum.inputs = {of_high.outputs[0], of_low.outputs[0]};
  sum.outputs = {y};
  sum.activation = node.activation;
  sum.pre_activation = node.pre_activation;
  sum.onnx_nodes = node.onnx_nodes;

  for (const graph::TensorId id : sum.inputs) RequireBits(graph, id, rules);
  std::string name = of_low.name;
  const auto behind = graph.nodes.begin() + static_cast<std::ptrdiff_t>(place) + 1;
  graph.nodes.insert(graph.nodes.insert(behind, std::move(sum)), std::move(of_low));
  return name;
}

}  // namespace

CompensationResult CompensateErrors(graph::Graph& graph, const CompensationRequests& requests,
                                    const QuantizeOptions& options) {
  CompensationResult result;
  const Obstacles obstacles(graph, options);
  const Policy& policy = obstacles.policy();
  const std::map<size_t, Wanted> wanted = Choose(graph, requests, obstacles, result.left_out);
  for (auto entry = wanted.rbegin(); entry != wanted.rend(); ++entry) {  // places in front of it stay what they are
    const auto& [place, parts] = *entry;
    const std::string name = graph.nodes[place].name;
    result.nodes.push_back({name, parts.weight, parts.input});
    if (parts.input) {
      RequireBits(graph, graph.nodes[place].inputs[0], result.rules);
      result.input_parts[name] = InputParts::kHighAndLow;
    }
    if (!parts.weight) continue;
    const int bits = policy.For(place, &Choices::weight_bits).value_or(kByteBits);
    const bool per_tensor = policy.For(place, &Choices::weights_per_tensor).value_or(options.weights_per_tensor);
    const std::string low = SplitWeights(graph, place, bits, per_tensor, result.rules);
    if (parts.input) result.input_parts[low] = InputParts::kHigh;
  }
  std::reverse(result.nodes.begin(), result.nodes.end());
  return result;
}

void StateInputParts(const std::map<std::string, InputParts>& parts, QuantizedGraph& result) {
  for (const graph::Node& node : result.graph.nodes) {
    if (parts.count(node.name) == 0) continue;
    const TensorFormat& format = ReadFormat(result, node.inputs[0]);
    if (format.is_affine() && format.bits > kByteBits) continue;
    throw UsageError(std::string(kSetting) + " for " + graph::Quoted(node.name) +
                     " has no effect: " + graph::Quoted(result.graph.tensor(node.inputs[0]).name) +
                     ", which it reads, has " + std::to_string(format.bits) + " bits and no low part; give it 16");
  }
  result.input_parts = parts;
}

}  // namespace lockstep::quantize
