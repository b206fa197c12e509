#include <cmath>
#include <map>

#include "graph/constants.h"
#include "graph/graph.h"

namespace lockstep::graph {
namespace {

using Kind = ActivationKind;

double TensorScalar(const Graph& graph, const Node& node, size_t index, double fallback) {
  if (index >= node.inputs.size() || node.inputs[index] == kNoTensor) return fallback;
  const Tensor& limit = graph.tensor(node.inputs[index]);
  if (!limit.constant) return std::nan("");
  if (limit.type == ElementType::kFloat) return limit.constant->floats.empty() ? fallback : limit.constant->floats[0];
  return limit.constant->ints.empty() ? fallback : static_cast<double>(limit.constant->ints[0]);
}

Activation OfClip(const Graph& graph, const Node& node) {
  const double low = TensorScalar(graph, node, 1, -HUGE_VAL);
  const double high = TensorScalar(graph, node, 2, HUGE_VAL);
  if (std::isnan(low) || std::isnan(high)) return {};
  return {Kind::kClip, low, high};
}

// One exponent for all, which gives the base no other shape.
Activation OfPow(const Graph& graph, const Node& node) {
  const TensorId id = node.inputs[1];
  if (graph.tensor(node.inputs[0]).type != ElementType::kFloat) return {};
  double exponent = 0.0;
  if (!IsUniform(graph, id, &exponent)) {
    const bool whole = id != kNoTensor && graph.tensor(id).type == ElementType::kInt64;
    if (!whole || ElementCount(graph.tensor(id).shape) != 1) return {};
    exponent = TensorScalar(graph, node, 1, 0.0);
  }
  if (!std::isfinite(exponent)) return {};
  if (graph.tensor(node.outputs[0]).shape != graph.tensor(node.inputs[0]).shape) return {};
  return {Kind::kPow, exponent, 0.0};
}

// The functions without parameters, by operator.
const std::map<std::string, Kind>& Plain() {
  static const std::map<std::string, Kind> kPlain = {{"Abs", Kind::kAbs},           {"Acos", Kind::kAcos},
                                                     {"Acosh", Kind::kAcosh},       {"Asin", Kind::kAsin},
                                                     {"Asinh", Kind::kAsinh},       {"Atan", Kind::kAtan},
                                                     {"Atanh", Kind::kAtanh},       {"Ceil", Kind::kCeil},
                                                     {"Cos", Kind::kCos},           {"Cosh", Kind::kCosh},
                                                     {"Erf", Kind::kErf},           {"Exp", Kind::kExp},
                                                     {"Floor", Kind::kFloor},       {"HardSwish", Kind::kHardSwish},
                                                     {"Log", Kind::kLog},           {"Mish", Kind::kMish},
                                                     {"Neg", Kind::kNeg},           {"Reciprocal", Kind::kReciprocal},
                                                     {"Relu", Kind::kRelu},         {"Round", Kind::kRound},
                                                     {"SiLU", Kind::kSilu},         {"Sigmoid", Kind::kSigmoid},
                                                     {"Sign", Kind::kSign},         {"Sin", Kind::kSin},
                                                     {"Sinh", Kind::kSinh},         {"Softplus", Kind::kSoftplus},
                                                     {"Softsign", Kind::kSoftsign}, {"Sqrt", Kind::kSqrt},
                                                     {"Tan", Kind::kTan},           {"Tanh", Kind::kTanh}};
  return kPlain;
}

}  // namespace

Activation ActivationOf(const Graph& graph, const Node& node) {
  const std::string& op = node.op;
  const auto plain = Plain().find(op);
  if (plain != Plain().end()) return {plain->second, 0.0, 0.0};
  if (op == "LeakyRelu") return {Kind::kLeakyRelu, node.Float("alpha", 0.01F), 0.0};
  if (op == "Elu") return {Kind::kElu, node.Float("alpha", 1.0F), 0.0};
  if (op == "Celu") return {Kind::kCelu, node.Float("alpha", 1.0F), 0.0};
  if (op == "Selu") return {Kind::kSelu, node.Float("alpha", kSeluAlpha), node.Float("gamma", kSeluGamma)};
  if (op == "ThresholdedRelu") return {Kind::kThresholdedRelu, node.Float("alpha", 1.0F), 0.0};
  if (op == "Shrink") return {Kind::kShrink, node.Float("lambd", 0.5F), node.Float("bias", 0.0F)};
  if (op == "HardSigmoid") return {Kind::kHardSigmoid, node.Float("alpha", 0.2F), node.Float("beta", 0.5F)};
  if (op == "Gelu") return {node.String("approximate", "none") == "none" ? Kind::kGelu : Kind::kGeluTanh, 0.0, 0.0};
  if (op == "IsBelow") return {Kind::kIsBelow, node.Float("value", 0.0F), 0.0};
  if (op == "IsAtLeast") return {Kind::kIsAtLeast, node.Float("value", 0.0F), 0.0};
  if (op == "IsEqual") return {Kind::kIsEqual, node.Float("value", 0.0F), 0.0};
  if (op == "Clip") return OfClip(graph, node);
  if (op == "Pow" && node.inputs.size() == 2) return OfPow(graph, node);
  return {};
}

}  // namespace lockstep::graph
