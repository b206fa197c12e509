#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::ActivationKind;
using graph::Graph;
using graph::Node;

// What jumps or is not defined everywhere stays a table of its own, whose input is a tensor with its own range.
bool CanCarry(const Node& producer, ActivationKind kind) {
  if (graph::BehaviourOf(kind) != graph::Behaviour::kContinuous) return false;
  if (producer.activation.kind != ActivationKind::kNone) return false;
  if (producer.op == "Conv" || producer.op == "ConvTranspose") return true;
  const bool clamp = kind == ActivationKind::kRelu || kind == ActivationKind::kClip;
  return clamp && (producer.op == "Add" || producer.op == "Sub" || producer.op == "Mul");
}

// Conv of single pixels (products_to_conv.cpp), Reshape, activation: the Conv takes it, for a Reshape moves elements
// alone.
bool FuseThroughReshape(Graph& graph, const graph::Uses& uses, size_t index, const graph::Activation& activation) {
  Node& node = graph.nodes[index];
  Node& reshape = *ProducerOf(graph, uses, node.inputs[0]);
  const graph::TensorId before = reshape.inputs[0];
  Node* conv = ProducerOf(graph, uses, before);
  if (conv == nullptr || conv->op != "Conv" || !CanCarry(*conv, activation.kind)) return false;
  const graph::Shape shape = graph.tensor(before).shape;
  if (OnlyConsumer(uses, before) < 0 || shape.size() != 4 || shape[2] != 1 || shape[3] != 1) return false;
  conv->activation = activation;
  conv->pre_activation = before;
  conv->outputs = {AddLike(graph, graph.tensor(before).name + "_activated", before)};
  reshape.inputs[0] = conv->outputs[0];
  reshape.outputs[0] = node.outputs[0];
  InheritNodes(*conv, node);
  Retire(node);
  return true;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  const graph::Activation activation = graph::ActivationOf(graph, node);
  if (activation.kind == ActivationKind::kNone || node.inputs.empty()) return false;
  // Nothing can compute that, and the node is to be named for it.
  if (activation.kind == ActivationKind::kClip && activation.alpha > activation.beta) return false;
  const graph::TensorId before = node.inputs[0];
  if (before == graph::kNoTensor || graph.tensor(before).type != graph::ElementType::kFloat) return false;
  if (OnlyConsumer(uses, before) != static_cast<int32_t>(index)) return false;
  Node* producer = ProducerOf(graph, uses, before);
  if (producer == nullptr) return false;
  if (IsReshape(producer->op)) return FuseThroughReshape(graph, uses, index, activation);
  if (!CanCarry(*producer, activation.kind)) return false;
  producer->activation = activation;
  producer->pre_activation = before;
  producer->outputs = {node.outputs[0]};
  InheritNodes(*producer, node);
  Retire(node);
  return true;
}

}  // namespace

int FuseActivations(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
