#include "lower/ops/float_activation.h"

#include "graph/error.h"
#include "lower/ops/emitters.h"

namespace lockstep::lower {
namespace {

joint::UnaryFunction FunctionOf(graph::ActivationKind kind) {
  using Kind = graph::ActivationKind;
  using Function = joint::UnaryFunction;
  switch (kind) {
    case Kind::kRelu:
      return Function::Relu;
    case Kind::kClip:
      return Function::Clip;
    case Kind::kLeakyRelu:
      return Function::LeakyRelu;
    case Kind::kSigmoid:
      return Function::Sigmoid;
    case Kind::kSilu:
      return Function::Silu;
    case Kind::kTanh:
      return Function::Tanh;
    case Kind::kHardSigmoid:
      return Function::HardSigmoid;
    case Kind::kHardSwish:
      return Function::HardSwish;
    case Kind::kElu:
      return Function::Elu;
    case Kind::kGelu:
      return Function::Gelu;
    case Kind::kMish:
      return Function::Mish;
    case Kind::kSoftplus:
      return Function::Softplus;
    case Kind::kExp:
      return Function::Exp;
    case Kind::kAbs:
      return Function::Abs;
    case Kind::kNeg:
      return Function::Neg;
    case Kind::kSqrt:
      return Function::Sqrt;
    case Kind::kReciprocal:
      return Function::Reciprocal;
    case Kind::kLog:
      return Function::Log;
    case Kind::kErf:
      return Function::Erf;
    case Kind::kSin:
      return Function::Sin;
    case Kind::kCos:
      return Function::Cos;
    case Kind::kTan:
      return Function::Tan;
    case Kind::kAsin:
      return Function::Asin;
    case Kind::kAcos:
      return Function::Acos;
    case Kind::kAtan:
      return Function::Atan;
    case Kind::kSinh:
      return Function::Sinh;
    case Kind::kCosh:
      return Function::Cosh;
    case Kind::kAsinh:
      return Function::Asinh;
    case Kind::kAcosh:
      return Function::Acosh;
    case Kind::kAtanh:
      return Function::Atanh;
    case Kind::kSelu:
      return Function::Selu;
    case Kind::kCelu:
      return Function::Celu;
    case Kind::kThresholdedRelu:
      return Function::ThresholdedRelu;
    case Kind::kSoftsign:
      return Function::Softsign;
    case Kind::kShrink:
      return Function::Shrink;
    case Kind::kSign:
      return Function::Sign;
    case Kind::kFloor:
      return Function::Floor;
    case Kind::kCeil:
      return Function::Ceil;
    case Kind::kRound:
      return Function::Round;
    case Kind::kGeluTanh:
      return Function::GeluTanh;
    case Kind::kPow:
      return Function::Pow;
    case Kind::kIsBelow:
      return Function::IsBelow;
    case Kind::kIsAtLeast:
      return Function::IsAtLeast;
    case Kind::kIsEqual:
      return Function::IsEqual;
    case Kind::kNone:
      break;
  }
  throw UnsupportedModel("there is no float operator for it with these attributes");
}

bool IsFused(const LowerContext& context) { return context.node().activation.kind != graph::ActivationKind::kNone; }

}  // namespace

Value AddFloatResult(LowerContext& context) {
  const graph::Node& node = context.node();
  const bool named = IsFused(context) && node.pre_activation != graph::kNoTensor;
  const std::string& name = named ? context.graph().tensor(node.pre_activation).name : context.OutputName();
  return context.draft().AddActivation(name, context.OutputShape(), context.OutputAxes(), TensorFormat());
}

void FinishFloat(LowerContext& context, const Value& result) {
  context.Define(IsFused(context) ? ApplyFloatFunction(context, context.node().activation, result, "/activation")
                                  : result);
}

Value ApplyFloatFunction(LowerContext& context, const graph::Activation& function, const Value& x, const char* suffix) {
  joint::UnaryT unary;
  unary.function = FunctionOf(function.kind);
  unary.alpha = static_cast<float>(function.alpha);
  unary.beta = static_cast<float>(function.beta);
  Value result = context.draft().AddActivation(context.OutputName(), x.shape, x.axes, TensorFormat());
  context.AddLayer(unary, {x.tensor}, result.tensor, 0, suffix);
  return result;
}

void EmitFloatFunction(LowerContext& context) {
  const graph::Activation function = graph::ActivationOf(context.graph(), context.node());
  context.Define(ApplyFloatFunction(context, function, context.FloatInput(0), ""));
}

}  // namespace lockstep::lower
