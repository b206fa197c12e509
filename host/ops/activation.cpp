// Functions of one element that become part of the layer before them or a table: graph/activation.cpp has the formulas.
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

void InferCelu(InferContext& context) {
  context.Require(context.Real("alpha", 1.0F) != 0.0F, "its attribute 'alpha' is 0; allowed: other numbers");
  context.SetLikeInput();
}

void InferSelu(InferContext& context) {
  context.Real("alpha", graph::kSeluAlpha);
  context.Real("gamma", graph::kSeluGamma);
  context.SetLikeInput();
}

void InferShrink(InferContext& context) {
  context.Real("lambd", 0.5F);
  context.Real("bias", 0.0F);
  context.SetLikeInput();
}

void InferGelu(InferContext& context) {
  context.OneOf("approximate", "none", {"none", "tanh"});
  context.SetLikeInput();
}

// Of floats, which is no operator of ONNX: 1 where a comparison with attribute `value` holds, 0 elsewhere.
void InferMask(InferContext& context) {
  context.RequireType(0, graph::ElementType::kFloat);
  context.Real("value", 0.0F);
  context.SetLikeInput();
}

constexpr Op kPlain = Activation(InferSame);
constexpr Op kMask = Activation(InferMask).Range(FixedRange::kZeroToOne).Own();

}  // namespace

constexpr Op kAcos = kPlain;
constexpr Op kAcosh = kPlain;
constexpr Op kAsin = kPlain;
constexpr Op kAsinh = kPlain;
constexpr Op kAtan = kPlain;
constexpr Op kAtanh = kPlain;
constexpr Op kCeil = kPlain;
constexpr Op kCelu = Activation(InferCelu);
constexpr Op kCos = kPlain;
constexpr Op kCosh = kPlain;
constexpr Op kElu = Activation(InferAlpha);
constexpr Op kErf = kPlain;
constexpr Op kExp = kPlain;
constexpr Op kFloor = kPlain;
constexpr Op kGelu = Activation(InferGelu);
constexpr Op kHardSigmoid = Activation(InferHardSigmoid).Range(FixedRange::kZeroToOne);
constexpr Op kHardSwish = kPlain;
constexpr Op kIsAtLeast = kMask;
constexpr Op kIsBelow = kMask;
constexpr Op kIsEqual = kMask;
constexpr Op kLeakyRelu = Activation(InferAlpha);
constexpr Op kLog = kPlain;
constexpr Op kMish = kPlain;
constexpr Op kReciprocal = kPlain;
constexpr Op kRelu = kPlain;
constexpr Op kRound = kPlain;
constexpr Op kSelu = Activation(InferSelu);
constexpr Op kShrink = Activation(InferShrink);
constexpr Op kSiLU = kPlain.Own();
constexpr Op kSigmoid = kPlain.Range(FixedRange::kZeroToOne);
constexpr Op kSin = kPlain;
constexpr Op kSinh = kPlain;
constexpr Op kSoftplus = kPlain;
constexpr Op kSoftsign = kPlain;
constexpr Op kSqrt = kPlain;
constexpr Op kTan = kPlain;
constexpr Op kTanh = kPlain;
constexpr Op kThresholdedRelu = Activation(InferAlpha);

}  // namespace lockstep::ops
