#include "arithmetic/f1_activations.h"
#include "arithmetic/f1_hyperbolic.h"
#include "arithmetic/f1_inverse.h"
#include "arithmetic/f1_power.h"
#include "arithmetic/f1_trigonometry.h"
#include "ops/common/elements.h"
#include "ops/common/float_elements.h"

namespace lockstep::kernels {
namespace {

template <typename Function>
void Map(const float* __restrict x, float* __restrict y, int64_t count, Function function) {
  for (int64_t i = 0; i < count; ++i) f1::Store(y + i, function(x[i]));
}

void MapUnary(const joint::Unary& o, const float* x, float* y, int64_t count) {
  using F = joint::UnaryFunction;
  const float alpha = o.alpha();
  const float beta = o.beta();
  switch (o.function()) {
    case F::Relu:
      return Map(x, y, count, [](float v) { return f1::Relu(v); });
    case F::Clip:
      return Map(x, y, count, [=](float v) { return f1::Clamp(v, alpha, beta); });
    case F::LeakyRelu:
      return Map(x, y, count, [=](float v) { return f1::LeakyRelu(v, alpha); });
    case F::Sigmoid:
      return Map(x, y, count, [](float v) { return f1::Sigmoid(v); });
    case F::Silu:
      return Map(x, y, count, [](float v) { return f1::Silu(v); });
    case F::Tanh:
      return Map(x, y, count, [](float v) { return f1::Tanh(v); });
    case F::HardSigmoid:
      return Map(x, y, count, [=](float v) { return f1::HardSigmoid(v, alpha, beta); });
    case F::HardSwish:
      return Map(x, y, count, [](float v) { return f1::HardSwish(v); });
    case F::Elu:
      return Map(x, y, count, [=](float v) { return f1::Elu(v, alpha); });
    case F::Gelu:
      return Map(x, y, count, [](float v) { return f1::Gelu(v); });
    case F::Mish:
      return Map(x, y, count, [](float v) { return f1::Mish(v); });
    case F::Softplus:
      return Map(x, y, count, [](float v) { return f1::Softplus(v); });
    case F::Exp:
      return Map(x, y, count, [](float v) { return f1::Exp(v); });
    case F::Abs:
      return Map(x, y, count, [](float v) { return f1::Abs(v); });
    case F::Neg:
      return Map(x, y, count, [](float v) { return -v; });
    case F::Sqrt:
      return Map(x, y, count, [](float v) { return f1::Sqrt(v); });
    case F::Reciprocal:
      return Map(x, y, count, [](float v) { return f1::Reciprocal(v); });
    case F::Log:
      return Map(x, y, count, [](float v) { return f1::Log(v); });
    case F::Erf:
      return Map(x, y, count, [](float v) { return f1::Erf(v); });
    case F::Sin:
      return Map(x, y, count, [](float v) { return f1::Sin(v); });
    case F::Cos:
      return Map(x, y, count, [](float v) { return f1::Cos(v); });
    case F::Tan:
      return Map(x, y, count, [](float v) { return f1::Tan(v); });
    case F::Asin:
      return Map(x, y, count, [](float v) { return f1::Asin(v); });
    case F::Acos:
      return Map(x, y, count, [](float v) { return f1::Acos(v); });
    case F::Atan:
      return Map(x, y, count, [](float v) { return f1::Atan(v); });
    case F::Sinh:
      return Map(x, y, count, [](float v) { return f1::Sinh(v); });
    case F::Cosh:
      return Map(x, y, count, [](float v) { return f1::Cosh(v); });
    case F::Asinh:
      return Map(x, y, count, [](float v) { return f1::Asinh(v); });
    case F::Acosh:
      return Map(x, y, count, [](float v) { return f1::Acosh(v); });
    case F::Atanh:
      return Map(x, y, count, [](float v) { return f1::Atanh(v); });
    case F::Selu:
      return Map(x, y, count, [=](float v) { return f1::Selu(v, alpha, beta); });
    case F::Celu:
      return Map(x, y, count, [=](float v) { return f1::Celu(v, alpha); });
    case F::ThresholdedRelu:
      return Map(x, y, count, [=](float v) { return f1::ThresholdedRelu(v, alpha); });
    case F::Softsign:
      return Map(x, y, count, [](float v) { return f1::Softsign(v); });
    case F::Shrink:
      return Map(x, y, count, [=](float v) { return f1::Shrink(v, alpha, beta); });
    case F::Sign:
      return Map(x, y, count, [](float v) { return f1::Sign(v); });
    case F::Floor:
      return Map(x, y, count, [](float v) { return f1::Floor(v); });
    case F::Ceil:
      return Map(x, y, count, [](float v) { return f1::Ceil(v); });
    case F::Round:
      return Map(x, y, count, [](float v) { return f1::Round(v); });
    case F::GeluTanh:
      return Map(x, y, count, [](float v) { return f1::GeluTanh(v); });
    case F::Pow:
      return Map(x, y, count, [=](float v) { return f1::Pow(v, alpha); });
    case F::IsBelow:
      return Map(x, y, count, [=](float v) { return f1::IsBelow(v, alpha); });
    case F::IsAtLeast:
      return Map(x, y, count, [=](float v) { return f1::IsAtLeast(v, alpha); });
    case F::IsEqual:
      return Map(x, y, count, [=](float v) { return f1::IsEqual(v, alpha); });
  }
}

}  // namespace

void unary_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  ForEachStretch(input, output, ElementsOf(output, begin, end), [&](int64_t from, int64_t to, int64_t count) {
    MapUnary(*args.layer->options_as_Unary(), Floats(input) + from, MutableFloats(output) + to, count);
  });
}

}  // namespace lockstep::kernels
