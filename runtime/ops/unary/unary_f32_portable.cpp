#include "arithmetic/f1_activations.h"
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
