#include "quantize/operator_classes.h"

#include <set>

namespace lockstep::quantize {

bool IsView(const graph::Node& node) {
  static const std::set<std::string> kViews = {"Reshape", "Transpose", "Slice",     "Split",
                                               "Flatten", "Squeeze",   "Unsqueeze", "Identity"};
  return kViews.count(node.op) != 0;
}

bool SharesScale(const graph::Node& node) { return IsView(node) || node.op == "MaxPool" || node.op == "Resize"; }

bool IsArithmetic(const graph::Node& node) { return node.op == "Add" || node.op == "Sub" || node.op == "Mul"; }

bool NeedsTable(const graph::Activation& activation) {
  using Kind = graph::ActivationKind;
  return activation.kind != Kind::kNone && activation.kind != Kind::kRelu && activation.kind != Kind::kClip;
}

bool IsLookup(const graph::Graph& graph, const graph::Node& node) {
  return graph::ActivationOf(graph, node).kind != graph::ActivationKind::kNone;
}

bool IsConstantOperand(const graph::Graph& graph, const graph::Node& node, graph::TensorId input) {
  if (input == graph::kNoTensor || !IsArithmetic(node)) return false;
  const graph::Tensor& tensor = graph.tensor(input);
  return tensor.constant.has_value() && tensor.type == graph::ElementType::kFloat;
}

}  // namespace lockstep::quantize
