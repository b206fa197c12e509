#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::ActivationKind;
using graph::Graph;
using graph::Node;

bool CanCarry(const Node& producer, ActivationKind kind) {
  if (producer.activation.kind != ActivationKind::kNone) return false;
  if (producer.op == "Conv") return true;
  const bool clamp = kind == ActivationKind::kRelu || kind == ActivationKind::kClip;
  return clamp && (producer.op == "Add" || producer.op == "Sub" || producer.op == "Mul");
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  const graph::Activation activation = graph::ActivationOf(graph, node);
  if (activation.kind == ActivationKind::kNone || node.inputs.empty()) return false;
  const graph::TensorId before = node.inputs[0];
  if (before == graph::kNoTensor || graph.tensor(before).type != graph::ElementType::kFloat) return false;
  if (OnlyConsumer(uses, before) != static_cast<int32_t>(index)) return false;
  Node* producer = ProducerOf(graph, uses, before);
  if (producer == nullptr || !CanCarry(*producer, activation.kind)) return false;
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
