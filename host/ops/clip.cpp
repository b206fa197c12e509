#include <cmath>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// Inputs: x, lowest, highest; a limit that is omitted or empty is none.
void Infer(InferContext& context) {
  context.RequireOneType(0);
  for (size_t i = 1; i < 3; ++i) {
    context.Require(!context.Has(i) || graph::ElementCount(context.Shape(i)) <= 1,
                    std::string(i == 1 ? "min" : "max") + " has more than one element");
  }
  context.SetLikeInput();
}

bool Limits(const Call& call, size_t input) { return call.Has(input) && call.In(input).count() > 0; }

Results Evaluate(const Call& call) {
  Value result = call.In(0);
  for (float& x : result.data.floats) {
    if (Limits(call, 1)) x = std::max(x, call.In(1).data.floats[0]);
    if (Limits(call, 2)) x = std::min(x, call.In(2).data.floats[0]);
  }
  for (int64_t& x : result.data.ints) {
    if (Limits(call, 1)) x = std::max(x, call.In(1).data.ints[0]);
    if (Limits(call, 2)) x = std::min(x, call.In(2).data.ints[0]);
  }
  return One(std::move(result));
}

std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (HasInput(node, i) && !graph::IsConstant(graph, node.inputs[i])) return "its limits are computed";
  }
  const graph::Activation limits = graph::ActivationOf(graph, node);
  if (limits.kind == graph::ActivationKind::kNone) return "one of its limits is NaN";
  if (limits.alpha <= limits.beta) return {};
  return "its min " + std::to_string(limits.alpha) + " is above its max " + std::to_string(limits.beta);
}

}  // namespace

constexpr Op kClip = Op({1, 3}, Infer, Evaluate, LayoutKind::kUnary, Unsupported);

}  // namespace lockstep::ops
