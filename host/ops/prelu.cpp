#include "graph/constants.h"
#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// The slope is broadcast to the input, which keeps its shape.
void Infer(InferContext& context) {
  context.RequireOneType(0);
  context.Require(BroadcastInputs(context, 0, 2) == context.Shape(0),
                  "its slope of shape " + graph::ToString(context.Shape(1)) + " does not fit an input of shape " +
                      graph::ToString(context.Shape(0)));
  context.SetLikeInput();
}

Results Evaluate(const Call& call) {
  if (!call.AllFloat()) return std::nullopt;
  Value result = call.In(0);
  const BroadcastIndex slopes(call.In(1).shape, result.shape);
  for (int64_t i = 0; i < result.count(); ++i) {
    float& x = result.data.floats[static_cast<size_t>(i)];
    if (x < 0.0F) x *= call.In(1).data.floats[slopes.At(i)];
  }
  return One(std::move(result));
}

// With one constant slope it has become a LeakyRelu.
std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  if (!graph::IsConstant(graph, node.inputs[1])) return "its slope is computed";
  return AllFinite(graph, node.inputs[1]) ? "" : "its slope contains infinity or NaN";
}

}  // namespace

constexpr Op kPRelu = Op({2, 2}, Infer, Evaluate, LayoutKind::kBinary, Unsupported);

}  // namespace lockstep::ops
