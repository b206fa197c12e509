#include "import/expand_activations.h"

#include <cmath>
#include <set>

namespace lockstep::importer {
namespace {

using graph::Activation;
using graph::ActivationKind;
using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

// Appends the operators of one activation to the node list of a graph.
class Expander {
 public:
  Expander(Graph& graph, const Node& origin) : graph_(graph), origin_(origin) {}

  // Functions that have an operator have its name.
  void Append(const Activation& activation, TensorId x, TensorId y) {
    const auto alpha = static_cast<float>(activation.alpha);
    const auto beta = static_cast<float>(activation.beta);
    const char* name = graph::ActivationName(activation.kind);
    switch (activation.kind) {
      case ActivationKind::kNone:
        break;
      case ActivationKind::kSilu:
        Add("Mul", {x, Middle("Sigmoid", {x})}, y);
        break;
      case ActivationKind::kMish:
        Add("Mul", {x, Middle("Tanh", {Middle("Softplus", {x})})}, y);
        break;
      case ActivationKind::kGelu: {
        const TensorId erf = Middle("Erf", {Middle("Mul", {x, Number(std::sqrt(0.5F))})});
        AppendGelu(x, erf, y);
        break;
      }
      case ActivationKind::kGeluTanh: {
        const TensorId cube = Middle("Mul", {Middle("Mul", {x, x}), x});
        const TensorId sum = Middle("Add", {x, Middle("Mul", {cube, Number(0.044715F)})});
        AppendGelu(x, Middle("Tanh", {Middle("Mul", {sum, Number(0.797884561F)})}), y);
        break;
      }
      case ActivationKind::kClip: {
        const TensorId low = std::isfinite(alpha) ? Number(alpha) : kNoTensor;
        const TensorId high = std::isfinite(beta) ? Number(beta) : kNoTensor;
        Add(name, {x, low, high}, y);
        break;
      }
      case ActivationKind::kPow:
        Add(name, {x, Number(alpha)}, y);
        break;
      case ActivationKind::kLeakyRelu:
      case ActivationKind::kElu:
      case ActivationKind::kCelu:
      case ActivationKind::kThresholdedRelu:
        Add(name, {x}, y, {{"alpha", alpha}});
        break;
      case ActivationKind::kHardSigmoid:
        Add(name, {x}, y, {{"alpha", alpha}, {"beta", beta}});
        break;
      case ActivationKind::kSelu:
        Add(name, {x}, y, {{"alpha", alpha}, {"gamma", beta}});
        break;
      case ActivationKind::kShrink:
        Add(name, {x}, y, {{"lambd", alpha}, {"bias", beta}});
        break;
      case ActivationKind::kIsBelow:
        AppendMask("Less", x, alpha, y);
        break;
      case ActivationKind::kIsAtLeast:
        AppendMask("GreaterOrEqual", x, alpha, y);
        break;
      case ActivationKind::kIsEqual:
        AppendMask("Equal", x, alpha, y);
        break;
      default:
        Add(name, {x}, y);
        break;
    }
  }

 private:
  void Add(const std::string& op, std::vector<TensorId> inputs, TensorId output,
           std::map<std::string, graph::Attribute> attributes = {}) {
    while (!inputs.empty() && inputs.back() == kNoTensor) inputs.pop_back();
    const std::string name = origin_.name + "/" + op + (count_ == 0 ? "" : "_" + std::to_string(count_));
    ++count_;
    graph_.nodes.push_back(
        {op, name, std::move(inputs), {output}, std::move(attributes), {}, kNoTensor, origin_.onnx_nodes});
  }

  TensorId Middle(const std::string& op, const std::vector<TensorId>& inputs) {
    const graph::Shape shape = graph_.tensor(origin_.outputs[0]).shape;
    const TensorId id = graph_.AddTensor(
        {graph_.UniqueName(origin_.name + "/" + op + "_output"), graph::ElementType::kFloat, shape, std::nullopt});
    Add(op, inputs, id);
    return id;
  }

  // x * (gate + 1) / 2
  void AppendGelu(TensorId x, TensorId gate, TensorId y) {
    const TensorId gated = Middle("Mul", {x, Middle("Add", {gate, Number(1.0F)})});
    Add("Mul", {gated, Number(0.5F)}, y);
  }

  void AppendMask(const std::string& comparison, TensorId x, float value, TensorId y) {
    const TensorId truth = Middle(comparison, {x, Number(value)});
    graph_.tensor(truth).type = graph::ElementType::kBool;
    Add("Cast", {truth}, y, {{"to", graph::kOnnxFloat}});
  }

  TensorId Number(float value) {
    return graph_.AddTensor({graph_.UniqueName(origin_.name + "/number"),
                             graph::ElementType::kFloat,
                             {},
                             graph::ConstantData{{value}, {}}});
  }

  Graph& graph_;
  const Node& origin_;
  int count_ = 0;
};

bool IsOwn(const std::string& op) {
  static const std::set<std::string> kOwn = {"SiLU", "Mish", "Gelu", "IsBelow", "IsAtLeast", "IsEqual"};
  return kOwn.count(op) != 0;
}

}  // namespace

Graph ExpandActivations(const Graph& graph) {
  Graph expanded = graph;
  expanded.nodes.clear();
  for (const Node& node : graph.nodes) {
    Expander expander(expanded, node);
    if (IsOwn(node.op)) {
      const Activation activation = graph::ActivationOf(graph, node);
      if (activation.kind != ActivationKind::kNone) {
        expander.Append(activation, node.inputs[0], node.outputs[0]);
        continue;
      }
    }
    if (node.activation.kind == ActivationKind::kNone) {
      expanded.nodes.push_back(node);
      continue;
    }
    Node plain = node;
    plain.activation = {};
    plain.pre_activation = kNoTensor;
    plain.outputs[0] = node.pre_activation;
    expanded.nodes.push_back(std::move(plain));
    expander.Append(node.activation, node.pre_activation, node.outputs[0]);
  }
  return expanded;
}

}  // namespace lockstep::importer
