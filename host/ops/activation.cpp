// Functions of one element that become part of the layer before them or a table: graph/activation.h has the formulas.
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

Results EvaluateActivation(const Call& call) {
  const graph::Activation activation = graph::ActivationOf(call.graph, call.node);
  if (activation.kind == graph::ActivationKind::kNone || !call.In(0).is_float()) return std::nullopt;
  Value result = call.In(0);
  for (float& x : result.data.floats) x = static_cast<float>(graph::Evaluate(activation, x));
  return One(std::move(result));
}

constexpr Op Activation(InferFunction infer) {
  return Op({1, 1}, infer, EvaluateActivation, LayoutKind::kUnary, Supported);
}

void InferAlpha(InferContext& context) {
  context.Real("alpha", 0.0F);
  context.SetLikeInput();
}

void InferHardSigmoid(InferContext& context) {
  context.Real("alpha", 0.2F);
  context.Real("beta", 0.5F);
  context.SetLikeInput();
}

}  // namespace

constexpr Op kElu = Activation(InferAlpha);
constexpr Op kExp = Activation(InferSame);
constexpr Op kHardSigmoid = Activation(InferHardSigmoid).Range(FixedRange::kZeroToOne);
constexpr Op kHardSwish = Activation(InferSame);
constexpr Op kLeakyRelu = Activation(InferAlpha);
constexpr Op kMish = Activation(InferSame);
constexpr Op kRelu = Activation(InferSame);
constexpr Op kSiLU = Activation(InferSame);
constexpr Op kSigmoid = Activation(InferSame).Range(FixedRange::kZeroToOne);
constexpr Op kSoftplus = Activation(InferSame);
constexpr Op kTanh = Activation(InferSame);

}  // namespace lockstep::ops
