#include "ops/op_table.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

// The indices of a MaxPool, the mask of a Dropout, the statistics of a LayerNormalization that nothing reads.
bool DropUnusedOutputs(const graph::Uses& uses, Node& node) {
  if (node.op == "Split" || node.op == "TopK" || node.op == "BatchNormalization") return false;
  const size_t before = node.outputs.size();
  while (node.outputs.size() > 1) {
    const TensorId id = node.outputs.back();
    if (id != kNoTensor &&
        (!uses.consumers[static_cast<size_t>(id)].empty() || uses.is_output[static_cast<size_t>(id)])) {
      break;
    }
    node.outputs.pop_back();
  }
  return node.outputs.size() < before;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  const ops::Op* op = ops::FindOp(node.op);
  if (op == nullptr) return false;
  if (DropUnusedOutputs(uses, node)) return true;
  if (op->normalize == nullptr) return false;
  for (const auto* list : {&node.inputs, &node.outputs}) {
    if (list == &node.outputs && op->unshaped != nullptr) continue;  // its normal form may have a shape
    for (const TensorId id : *list) {
      if (id != kNoTensor && !graph::IsKnown(graph.tensor(id).shape)) return false;
    }
  }
  return op->normalize(graph, node);
}

}  // namespace

int MakeExplicit(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
