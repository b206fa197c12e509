#include "graph/constants.h"
#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// Inputs: the condition, what is taken where it holds, and what is taken elsewhere.
void Infer(InferContext& context) {
  context.RequireType(0, graph::ElementType::kBool);
  context.RequireOneType(1);
  context.Set(context.Type(1), BroadcastInputs(context, 0, 3));
}

Results Evaluate(const Call& call) {
  if (call.In(0).is_float() || call.In(1).is_float() != call.In(2).is_float()) return std::nullopt;
  Value result = MakeValue(call.In(1).type, call.Shape());
  const BroadcastIndex condition(call.In(0).shape, result.shape);
  const BroadcastIndex yes(call.In(1).shape, result.shape);
  const BroadcastIndex no(call.In(2).shape, result.shape);
  for (int64_t i = 0; i < result.count(); ++i) {
    const bool chosen = call.In(0).data.ints[condition.At(i)] != 0;
    const Value& source = call.In(chosen ? 1 : 2);
    const size_t from = chosen ? yes.At(i) : no.At(i);
    if (result.is_float()) {
      result.data.floats[static_cast<size_t>(i)] = source.data.floats[from];
    } else {
      result.data.ints[static_cast<size_t>(i)] = source.data.ints[from];
    }
  }
  return One(std::move(result));
}

// Of floats, with a condition that comparisons of floats make or a constant one, it has become arithmetic.
std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  const graph::Tensor& branch = graph.tensor(node.inputs[1]);
  if (branch.type == graph::ElementType::kInt64) return "it chooses integers; only floats are supported";
  for (const graph::TensorId id : {node.inputs[1], node.inputs[2]}) {
    if (graph::IsConstant(graph, id) && !AllFinite(graph, id)) {
      return "its constant '" + graph.tensor(id).name +
             "' holds infinity or NaN, which is supported only where it is minus infinity and Softmax or Exp alone "
             "read "
             "the result; export the network with a large finite number";
    }
  }
  return "its condition '" + graph.tensor(node.inputs[0]).name + "' does not come from comparisons of floats";
}

}  // namespace

constexpr Op kWhere = Op({3, 3}, Infer, Evaluate, LayoutKind::kUnsupported, Unsupported);

}  // namespace lockstep::ops
