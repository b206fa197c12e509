#include "ops/op_table.h"

#include <algorithm>
#include <iterator>

#include "graph/counted.h"

namespace lockstep::ops {
namespace {

constexpr bool IsSorted() {
  for (size_t i = 1; i < std::size(kOps); ++i) {
    if (!(kOps[i - 1].name < kOps[i].name)) return false;
  }
  return true;
}
static_assert(IsSorted(), "FindOp searches for names in the order of the alphabet");

void CheckArity(const InferContext& context, const Arity& arity) {
  const graph::Node& node = context.node;
  for (size_t i = 0; i < arity.least; ++i) {
    context.Require(context.Has(i), "its input " + std::to_string(i) + " is missing; export the model again");
  }
  context.Require(node.inputs.size() <= arity.most, "it has " + std::to_string(node.inputs.size()) +
                                                        " inputs; allowed: at most " + std::to_string(arity.most));
  context.Require(
      !node.outputs.empty() && node.outputs.size() <= arity.outputs,
      "it has " + graph::Counted(node.outputs.size(), "output") + "; allowed: 1 to " + std::to_string(arity.outputs));
}

}  // namespace

const Op* FindOp(std::string_view name) {
  const auto* found = std::lower_bound(std::begin(kOps), std::end(kOps), name,
                                       [](const OpRow& row, std::string_view wanted) { return row.name < wanted; });
  return found != std::end(kOps) && found->name == name ? found->op : nullptr;
}

void InferNode(InferContext& context, bool inputs_known) {
  const Op* op = FindOp(context.node.op);
  if (op == nullptr) return;
  CheckArity(context, op->arity);
  if (inputs_known) op->infer(context);
}

Results EvaluateNode(const graph::Graph& graph, const graph::Node& node, const ValueInputs& inputs) {
  const Op* op = FindOp(node.op);
  if (op == nullptr || op->evaluation.function == nullptr) return std::nullopt;
  return op->evaluation.function({graph, node, inputs});
}

std::string WhyUnsupported(const graph::Graph& graph, const graph::Node& node) {
  const Op* op = FindOp(node.op);
  return op == nullptr ? NotSupported(graph, node) : op->unsupported(graph, node);
}

}  // namespace lockstep::ops
