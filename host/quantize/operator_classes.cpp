#include "quantize/operator_classes.h"

#include "ops/op_table.h"

namespace lockstep::quantize {

const ops::QuantizationTraits& TraitsOf(const graph::Node& node) {
  static constexpr ops::QuantizationTraits kNone;
  const ops::Op* op = ops::FindOp(node.op);
  return op == nullptr ? kNone : op->quantization;
}

bool IsView(const graph::Node& node) { return TraitsOf(node).view; }

bool SharesScale(const graph::Node& node) {
  const ops::QuantizationTraits& traits = TraitsOf(node);
  return traits.shares_scale && (traits.sharing_nodes == nullptr || traits.sharing_nodes(node));
}

bool IsArithmetic(const graph::Node& node) { return TraitsOf(node).arithmetic; }

bool SumsProducts(const graph::Node& node) { return TraitsOf(node).weights >= 0 && TraitsOf(node).bias >= 0; }

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
