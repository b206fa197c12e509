#include <algorithm>
#include <cmath>
#include <map>

#include "graph/graph.h"

namespace lockstep::graph {
namespace {

double Sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double Softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

double TensorScalar(const Graph& graph, const Node& node, size_t index, double fallback) {
  if (index >= node.inputs.size() || node.inputs[index] == kNoTensor) return fallback;
  const Tensor& limit = graph.tensor(node.inputs[index]);
  if (!limit.constant) return std::nan("");
  if (limit.type == ElementType::kFloat) return limit.constant->floats.empty() ? fallback : limit.constant->floats[0];
  return limit.constant->ints.empty() ? fallback : static_cast<double>(limit.constant->ints[0]);
}

}  // namespace

double Evaluate(const Activation& activation, double x) {
  switch (activation.kind) {
    case ActivationKind::kNone:
      return x;
    case ActivationKind::kRelu:
      return std::max(x, 0.0);
    case ActivationKind::kClip:
      return std::min(std::max(x, activation.alpha), activation.beta);
    case ActivationKind::kLeakyRelu:
      return x < 0.0 ? activation.alpha * x : x;
    case ActivationKind::kSigmoid:
      return Sigmoid(x);
    case ActivationKind::kSilu:
      return x * Sigmoid(x);
    case ActivationKind::kTanh:
      return std::tanh(x);
    case ActivationKind::kHardSigmoid:
      return std::min(std::max(activation.alpha * x + activation.beta, 0.0), 1.0);
    case ActivationKind::kHardSwish:
      return x * std::min(std::max(x / 6.0 + 0.5, 0.0), 1.0);
    case ActivationKind::kElu:
      return x < 0.0 ? activation.alpha * std::expm1(x) : x;
    case ActivationKind::kGelu:
      return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0)));
    case ActivationKind::kMish:
      return x * std::tanh(Softplus(x));
    case ActivationKind::kSoftplus:
      return Softplus(x);
    case ActivationKind::kExp:
      return std::exp(x);
  }
  return x;
}

const char* ActivationName(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::kNone:
      return "none";
    case ActivationKind::kRelu:
      return "Relu";
    case ActivationKind::kClip:
      return "Clip";
    case ActivationKind::kLeakyRelu:
      return "LeakyRelu";
    case ActivationKind::kSigmoid:
      return "Sigmoid";
    case ActivationKind::kSilu:
      return "SiLU";
    case ActivationKind::kTanh:
      return "Tanh";
    case ActivationKind::kHardSigmoid:
      return "HardSigmoid";
    case ActivationKind::kHardSwish:
      return "HardSwish";
    case ActivationKind::kElu:
      return "Elu";
    case ActivationKind::kGelu:
      return "Gelu";
    case ActivationKind::kMish:
      return "Mish";
    case ActivationKind::kSoftplus:
      return "Softplus";
    case ActivationKind::kExp:
      return "Exp";
  }
  return "none";
}

Activation ActivationOf(const Graph& graph, const Node& node) {
  using Kind = ActivationKind;
  static const std::map<std::string, Kind> kPlain = {
      {"Relu", Kind::kRelu}, {"Sigmoid", Kind::kSigmoid},     {"SiLU", Kind::kSilu},
      {"Tanh", Kind::kTanh}, {"HardSwish", Kind::kHardSwish}, {"Mish", Kind::kMish},
      {"Exp", Kind::kExp},   {"Softplus", Kind::kSoftplus}};
  const auto plain = kPlain.find(node.op);
  if (plain != kPlain.end()) return {plain->second, 0.0, 0.0};
  if (node.op == "LeakyRelu") return {Kind::kLeakyRelu, node.Float("alpha", 0.01F), 0.0};
  if (node.op == "Elu") return {Kind::kElu, node.Float("alpha", 1.0F), 0.0};
  if (node.op == "HardSigmoid") return {Kind::kHardSigmoid, node.Float("alpha", 0.2F), node.Float("beta", 0.5F)};
  if (node.op == "Gelu" && node.String("approximate", "none") == "none") return {Kind::kGelu, 0.0, 0.0};
  if (node.op == "Clip") {
    const double low = TensorScalar(graph, node, 1, -HUGE_VAL);
    const double high = TensorScalar(graph, node, 2, HUGE_VAL);
    if (!std::isnan(low) && !std::isnan(high)) return {Kind::kClip, low, high};
  }
  return {};
}

}  // namespace lockstep::graph
