#include "arithmetic/f1_activations.h"
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
