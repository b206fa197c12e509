// ScatterElements and ScatterND: a copy of the input with other elements where indices say.
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// Inputs: x, indices, updates.
void InferScatter(InferContext& context) {
  context.OneOf("reduction", "none", {"none", "add", "mul", "max", "min"});
  context.RequireType(1, graph::ElementType::kInt64);
  context.RequireType(2, context.Type(0));
  context.SetLikeInput();
}

void InferElements(InferContext& context) {
  InferScatter(context);
  context.AxisAttribute("axis", 0, context.Rank(0));
  context.Require(context.Shape(1) == context.Shape(2) && context.Rank(1) == context.Rank(0),
                  "its indices of shape " + graph::ToString(context.Shape(1)) + " and updates of shape " +
                      graph::ToString(context.Shape(2)) + " do not fit");
}

void InferNd(InferContext& context) {
  InferScatter(context);
  context.Require(context.Rank(1) >= 1 && context.Shape(1).back() <= context.Rank(0),
                  "its indices of shape " + graph::ToString(context.Shape(1)) + " do not fit an input of shape " +
                      graph::ToString(context.Shape(0)));
}

constexpr Op Scatter(InferFunction infer) {
  return Op({3, 3}, infer, "nothing folds it, and no float layer needs it", LayoutKind::kUnsupported, NotSupported);
}

}  // namespace

constexpr Op kScatterElements = Scatter(InferElements);
constexpr Op kScatterND = Scatter(InferNd);

}  // namespace lockstep::ops
