#include "quantize/decisions.h"

#include <algorithm>
#include <cmath>

#include "graph/quoted.h"
#include "quantize/affine.h"
#include "quantize/channel_scales.h"
#include "quantize/constant_operands.h"
#include "quantize/corrections/error_compensation.h"
#include "quantize/float_moves.h"
#include "quantize/operator_classes.h"
#include "quantize/state_formats.h"
#include "quantize/weight_operands.h"
#include "quantize/widths.h"

namespace lockstep::quantize {
namespace {

bool HoldsFloats(const graph::Graph& graph, graph::TensorId id) {
  return id != graph::kNoTensor && graph.tensor(id).type == graph::ElementType::kFloat && !graph.tensor(id).constant;
}

Policy PolicyOf(const Decisions& decisions) {
  Policy policy;
  for (const NodeDecision& node : decisions.nodes) {
    policy.floats.push_back(node.floats);
    Choices& choices = policy.nodes.emplace_back();
    choices.weight_bits = node.weight_bits;
    choices.weight_range = node.weight_range;
    choices.weights_per_tensor = node.weights_per_tensor;
  }
  return policy;
}

class Problems {
 public:
  Problems(const graph::Graph& graph, const QuantizeOptions& options, const Decisions& decisions)
      : graph_(graph), decisions_(decisions) {
    std::set<graph::TensorId> raw;
    for (const auto& [name, form] : options.outputs) {
      if (form.raw) raw.insert(graph.Find(name));
    }
    float_moves_ = FloatMoves(graph, raw);
    input_parts_ = options.input_parts;
    FloatNodes floats;
    for (const NodeDecision& node : decisions.nodes) floats.push_back(node.floats);
    channel_tensors_ = ChannelScaleTensors(graph, floats);
  }

  std::string First() const {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (decisions_.nodes[i].floats) continue;
      const graph::Node& node = graph_.nodes[i];
      for (const auto check :
           {&Problems::Ranges, &Problems::Channels, &Problems::Moving, &Problems::Table, &Problems::Softmax}) {
        std::string problem = (this->*check)(node);
        if (!problem.empty()) return problem;
      }
    }
    return "";
  }

 private:
  std::string Tensor(graph::TensorId id) const { return "tensor " + graph::Quoted(graph_.tensor(id).name); }

  const AffineParams* ParamsOf(graph::TensorId id) const {
    const auto found = decisions_.tensors.find(id);
    return found != decisions_.tensors.end() && found->second.params ? &*found->second.params : nullptr;
  }

  // Whether what the node joins or moves stays in floats on its way to an output.
  bool MovesFloats(const graph::Node& node) const {
    return float_moves_.count(node.outputs[0]) != 0 && ParamsOf(node.outputs[0]) == nullptr;
  }

  std::string Ranges(const graph::Node& node) const {
    if (MovesFloats(node)) return "";
    for (const auto* ids : {&node.inputs, &node.outputs}) {
      for (const graph::TensorId id : *ids) {
        if (!HoldsFloats(graph_, id) || ParamsOf(id) != nullptr) continue;
        return Tensor(id) + " has no range, and node " + graph::Quoted(node.name) + " " +
               (ids == &node.inputs ? "reads" : "writes") +
               " it in integers; give it bits and range, or make the node " + "float";
      }
    }
    return "";
  }

  // Of what the node writes; elsewhere no tensor has scales per channel.
  std::string Channels(const graph::Node& node) const {
    for (const graph::TensorId id : {node.outputs[0], node.pre_activation}) {
      const auto found = decisions_.tensors.find(id);
      if (found == decisions_.tensors.end() || found->second.channel_scales.empty()) continue;
      const std::vector<double>& scales = found->second.channel_scales;
      if (channel_tensors_.count(node.outputs[0]) == 0 || InParts(node)) {
        return Tensor(id) +
               " has a list of scales, which only a tensor has that a convolution makes and nothing but depthwise "
               "convolutions reads; give it one scale";
      }
      const auto channels = static_cast<size_t>(graph_.tensor(id).shape[1]);
      if (scales.size() != channels) {
        return Tensor(id) + " has " + std::to_string(scales.size()) + " scales and " + std::to_string(channels) +
               " channels; give it as many, or one";
      }
      if (node.activation.kind == graph::ActivationKind::kClip && LevelsOfLimit(node, found->second) != 1) {
        return Tensor(id) + " is cut off at " + std::to_string(node.activation.beta) +
               ", which is another level in some channels than in others; let no scale reach beyond it";
      }
    }
    return "";
  }

  bool InParts(const graph::Node& node) const { return input_parts_.count(node.name) != 0; }

  // How many different levels the upper limit is.
  static size_t LevelsOfLimit(const graph::Node& node, const TensorDecision& tensor) {
    std::set<int32_t> levels;
    for (const double scale : tensor.channel_scales) {
      levels.insert(QuantizeValue(node.activation.beta, {scale, tensor.params->zero_point, tensor.params->bits}));
    }
    return levels.size();
  }

  std::string Moving(const graph::Node& node) const {
    if (!SharesScale(node) || MovesFloats(node)) return "";
    for (const graph::TensorId id : node.outputs) {
      if (!HoldsFloats(graph_, id) || *ParamsOf(id) == *ParamsOf(node.inputs[0])) continue;
      return Tensor(id) + " has other bits or another range than " + Tensor(node.inputs[0]) +
             ", whose elements it has (" + node.op +
             "); say {\"same_as\": " + graph::Quoted(graph_.tensor(node.inputs[0]).name) + "} of it";
    }
    return "";
  }

  std::string Table(const graph::Node& node) const {
    if (!NeedsTable(node.activation)) return "";
    const AffineParams* params = ParamsOf(node.pre_activation);
    const std::string tensor = Tensor(node.pre_activation);
    if (params == nullptr) return tensor + " has no range; give it bits and range";
    if (params->bits >= kByteBits) return "";
    return tensor + " has " + std::to_string(params->bits) + " bits in front of a table; choose 8 to 16";
  }

  std::string Softmax(const graph::Node& node) const {
    constexpr int kLeastExponent = -23;
    const bool fused = node.activation.kind != graph::ActivationKind::kNone;
    if (fused || TraitsOf(node).range != ops::FixedRange::kBelowOne) return "";
    const AffineParams& params = *ParamsOf(node.outputs[0]);
    const int exponent = std::ilogb(params.scale);
    const bool fits = params.zero_point == 0 && std::ldexp(1.0, exponent) == params.scale &&
                      exponent >= kLeastExponent && exponent <= -params.bits;
    if (fits) return "";
    return Tensor(node.outputs[0]) + " is a Softmax: its scale must be a power of two from 2^" +
           std::to_string(kLeastExponent) + " to 2^-" + std::to_string(params.bits) +
           " and its zero_point 0; leave its range as it was, or give it such a scale";
  }

  const graph::Graph& graph_;
  const Decisions& decisions_;
  std::set<graph::TensorId> float_moves_;
  std::map<std::string, InputParts> input_parts_;
  std::map<graph::TensorId, const graph::Node*> channel_tensors_;
};

}  // namespace

Decisions DecisionsOf(const QuantizedGraph& quantized, const Calibration& calibration) {
  const graph::Graph& graph = quantized.graph;
  Decisions decisions;
  for (const auto& [id, format] : quantized.formats) {
    if (!HoldsFloats(graph, id)) continue;
    TensorDecision& tensor = decisions.tensors[id];
    tensor.is_float = format.is_float();
    const auto read = quantized.reads.find(id);
    if (format.has_levels()) tensor.params = format.coarsest();
    if (format.has_channel_scales()) tensor.channel_scales = format.scales;
    if (format.is_float() && read != quantized.reads.end()) tensor.params = read->second.affine();
  }
  decisions.nodes.resize(graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    NodeDecision& node = decisions.nodes[i];
    node.floats = IsFloat(quantized.floats, i);
    const int operand = TraitsOf(graph.nodes[i]).weights;
    const auto weights = quantized.weights.find({graph.nodes[i].name, static_cast<size_t>(operand)});
    if (operand < 0 || weights == quantized.weights.end()) continue;
    node.weight_bits = weights->second.format.bits;
    node.weight_range = weights->second.range;
    node.weights_per_tensor = weights->second.per_tensor;
  }
  decisions.channel_means = calibration.channel_means;
  decisions.calibration_digest = calibration.digest;
  return decisions;
}

std::string ProblemOf(const graph::Graph& graph, const QuantizeOptions& options, const Decisions& decisions) {
  return Problems(graph, options, decisions).First();
}

QuantizedGraph Decide(const graph::Graph& graph, const QuantizeOptions& options, const Decisions& decisions) {
  QuantizedGraph result;
  result.graph = graph;
  result.calibration_digest = decisions.calibration_digest;
  for (const auto& [name, preprocess] : options.preprocess) result.preprocess[graph.Find(name)] = preprocess;
  for (const auto& [name, form] : options.outputs) result.outputs[graph.Find(name)] = form;

  WeightOptions weights;
  weights.policy = PolicyOf(decisions);
  weights.means = decisions.channel_means;
  weights.threads = ThreadsOf(options.threads);
  result.floats = weights.policy.floats;

  Widths widths(static_cast<size_t>(graph.tensor_count()), kFloatWidth);
  for (const auto& [id, tensor] : decisions.tensors) {
    if (tensor.params) widths[static_cast<size_t>(id)] = tensor.params->bits;
  }
  ForgetUnreadWidths(result.graph, result.floats, widths);
  GiveConstantsWidths(result.graph, result.floats, widths);
  ActivationParams params;
  for (const auto& [id, tensor] : decisions.tensors) {
    if (widths[static_cast<size_t>(id)] == kFloatWidth) continue;
    params[id] = *tensor.params;
    if (!tensor.channel_scales.empty()) weights.channel_scales[id] = tensor.channel_scales;
  }
  AddConstantParams(result.graph, widths, params);
  StateFormats(params, weights.channel_scales, result.floats, result);
  result.weights = QuantizeWeightOperands(result.graph, params, weights, result.notes);
  StateInputParts(options.input_parts, result);
  return result;
}

}  // namespace lockstep::quantize
