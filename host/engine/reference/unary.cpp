#include "arithmetic/f1_activations.h"
#include "arithmetic/f1_hyperbolic.h"
#include "arithmetic/f1_inverse.h"
#include "arithmetic/f1_power.h"
#include "arithmetic/f1_trigonometry.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"

namespace lockstep::engine {
namespace {

float Apply(const joint::Unary& unary, float x) {
  switch (unary.function()) {
    case joint::UnaryFunction::Relu:
      return f1::Relu(x);
    case joint::UnaryFunction::Clip:
      return f1::Clamp(x, unary.alpha(), unary.beta());
    case joint::UnaryFunction::LeakyRelu:
      return f1::LeakyRelu(x, unary.alpha());
    case joint::UnaryFunction::Sigmoid:
      return f1::Sigmoid(x);
    case joint::UnaryFunction::Silu:
      return f1::Silu(x);
    case joint::UnaryFunction::Tanh:
      return f1::Tanh(x);
    case joint::UnaryFunction::HardSigmoid:
      return f1::HardSigmoid(x, unary.alpha(), unary.beta());
    case joint::UnaryFunction::HardSwish:
      return f1::HardSwish(x);
    case joint::UnaryFunction::Elu:
      return f1::Elu(x, unary.alpha());
    case joint::UnaryFunction::Gelu:
      return f1::Gelu(x);
    case joint::UnaryFunction::Mish:
      return f1::Mish(x);
    case joint::UnaryFunction::Softplus:
      return f1::Softplus(x);
    case joint::UnaryFunction::Exp:
      return f1::Exp(x);
    case joint::UnaryFunction::Abs:
      return f1::Abs(x);
    case joint::UnaryFunction::Neg:
      return -x;
    case joint::UnaryFunction::Sqrt:
      return f1::Sqrt(x);
    case joint::UnaryFunction::Reciprocal:
      return f1::Reciprocal(x);
    case joint::UnaryFunction::Log:
      return f1::Log(x);
    case joint::UnaryFunction::Erf:
      return f1::Erf(x);
    case joint::UnaryFunction::Sin:
      return f1::Sin(x);
    case joint::UnaryFunction::Cos:
      return f1::Cos(x);
    case joint::UnaryFunction::Tan:
      return f1::Tan(x);
    case joint::UnaryFunction::Asin:
      return f1::Asin(x);
    case joint::UnaryFunction::Acos:
      return f1::Acos(x);
    case joint::UnaryFunction::Atan:
      return f1::Atan(x);
    case joint::UnaryFunction::Sinh:
      return f1::Sinh(x);
    case joint::UnaryFunction::Cosh:
      return f1::Cosh(x);
    case joint::UnaryFunction::Asinh:
      return f1::Asinh(x);
    case joint::UnaryFunction::Acosh:
      return f1::Acosh(x);
    case joint::UnaryFunction::Atanh:
      return f1::Atanh(x);
    case joint::UnaryFunction::Selu:
      return f1::Selu(x, unary.alpha(), unary.beta());
    case joint::UnaryFunction::Celu:
      return f1::Celu(x, unary.alpha());
    case joint::UnaryFunction::ThresholdedRelu:
      return f1::ThresholdedRelu(x, unary.alpha());
    case joint::UnaryFunction::Softsign:
      return f1::Softsign(x);
    case joint::UnaryFunction::Shrink:
      return f1::Shrink(x, unary.alpha(), unary.beta());
    case joint::UnaryFunction::Sign:
      return f1::Sign(x);
    case joint::UnaryFunction::Floor:
      return f1::Floor(x);
    case joint::UnaryFunction::Ceil:
      return f1::Ceil(x);
    case joint::UnaryFunction::Round:
      return f1::Round(x);
    case joint::UnaryFunction::GeluTanh:
      return f1::GeluTanh(x);
    case joint::UnaryFunction::Pow:
      return f1::Pow(x, unary.alpha());
    case joint::UnaryFunction::IsBelow:
      return f1::IsBelow(x, unary.alpha());
    case joint::UnaryFunction::IsAtLeast:
      return f1::IsAtLeast(x, unary.alpha());
    case joint::UnaryFunction::IsEqual:
      return f1::IsEqual(x, unary.alpha());
  }
  return x;
}

}  // namespace

bool FitsUnary(const LayerRun& run) {
  return HasTensors(run, 1) && IsFloat(run.x()) && IsFloat(run.y()) && SameShape(run.x(), run.y()) &&
         run.layer->options_as_Unary()->function() <= joint::UnaryFunction::MAX;
}

void RunUnary(const LayerRun& run) {
  std::vector<float> values = ReadFloats(run.inputs[0]);
  for (float& value : values) value = Apply(*run.layer->options_as_Unary(), value);
  WriteFloats(values, run.outputs[0]);
}

}  // namespace lockstep::engine
