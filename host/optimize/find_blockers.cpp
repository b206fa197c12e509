#include <algorithm>

#include "ops/op_table.h"
#include "optimize/graph_edit.h"
#include "optimize/optimize.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

constexpr size_t kLargestRank = 6;  // of a joint model's tensor

bool Known(const Graph& graph, const std::vector<TensorId>& ids) {
  return std::all_of(ids.begin(), ids.end(),
                     [&](TensorId id) { return id == kNoTensor || graph::IsKnown(graph.tensor(id).shape); });
}

std::string WithoutRow(const Node& node) {
  for (const char* control : {"If", "Loop", "Scan"}) {
    if (node.op == control) {
      return "what it runs depends on a value; export the network with its decisions made and its loops unrolled, or "
             "cut it in front of the node with --output-nodes";
    }
  }
  return "the operator is not supported";
}

// Integers that a run makes are positions, and what a view makes of them: no layer computes with them.
bool MayHoldIntegers(const Graph& graph, const Node& node, size_t output, const ops::Op& op) {
  if (static_cast<int>(output) == op.quantization.indices) return true;
  return op.quantization.view && graph.tensor(node.inputs[0]).type == graph::ElementType::kInt64;
}

std::string CheckNode(const Graph& graph, const Node& node) {
  const ops::Op* op = ops::FindOp(node.op);
  if (op == nullptr) return WithoutRow(node);
  const bool never = op->layout == ops::LayoutKind::kUnsupported;
  if (!Known(graph, node.inputs)) return never ? "the operator is not supported" : "";  // the cause is listed itself
  if (!Known(graph, node.outputs)) {
    if (op->unshaped != nullptr) return op->unshaped(graph, node);
    if (never) return "the operator is not supported";
    return "its output's shape depends on values that only a run knows";
  }
  std::string reason = op->unsupported(graph, node);
  if (!reason.empty()) return reason;
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const TensorId id = node.outputs[i];
    if (id == kNoTensor) continue;
    const graph::Tensor& tensor = graph.tensor(id);
    if (tensor.type != graph::ElementType::kFloat && !MayHoldIntegers(graph, node, i, *op)) {
      return "it computes with integers that a run makes; only positions (of TopK, NonMaxSuppression) that leave the "
             "network are supported";
    }
    if (graph::ElementCount(tensor.shape) == 0) return "its output is empty";
    if (tensor.shape.size() > kLargestRank) {
      return "its output " + graph::ToString(tensor.shape) + " has rank " + std::to_string(tensor.shape.size()) +
             "; at most " + std::to_string(kLargestRank) + " axes are supported";
    }
  }
  return {};
}

}  // namespace

std::vector<Blocker> FindBlockers(const Graph& graph) {
  std::vector<Blocker> blockers;
  for (const Node& node : graph.nodes) {
    std::string reason = CheckNode(graph, node);
    if (!reason.empty()) blockers.push_back({node.name, node.op, std::move(reason)});
  }
  for (const TensorId id : graph.outputs) {
    if (std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0) {
      blockers.push_back(
          {graph.tensor(id).name, "output",
           "it is an input of the network, which nothing computes; copy it with an Identity, or leave it "
           "out with --output-nodes"});
    }
    if (graph::IsConstant(graph, id)) {
      blockers.push_back({graph.tensor(id).name, "output", "it does not depend on any input"});
    }
  }
  return blockers;
}

}  // namespace lockstep::optimize
