// Nodes in floats but for convolutions: the parameters are the real ones.
#include "graph/error.h"
#include "lower/ops/emitters.h"
#include "lower/ops/float_activation.h"
#include "lower/ops/window.h"

namespace lockstep::lower {
namespace {

template <typename Options>
void EmitFloatBinary(LowerContext& context, const Options& options) {
  const Value a = context.FloatOperand(0);
  const Value b = context.FloatOperand(1);
  const Value result = AddFloatResult(context);
  context.AddLayer(options, {a.tensor, b.tensor}, result.tensor);
  FinishFloat(context, result);
}

}  // namespace

void EmitFloatAdd(LowerContext& context) { EmitFloatBinary(context, joint::AddT()); }

void EmitFloatSub(LowerContext& context) {
  joint::AddT add;
  add.subtract = true;
  EmitFloatBinary(context, add);
}

void EmitFloatMul(LowerContext& context) { EmitFloatBinary(context, joint::MulT()); }

void EmitFloatAveragePool(LowerContext& context) {
  const Value x = context.FloatInput(0);
  joint::AveragePoolT pool;
  SetPool(ReadPoolWindow(context, x), pool);
  if (context.node().Int("count_include_pad", 0) != 0) {
    if (context.node().Int("ceil_mode", 0) != 0) {
      throw UnsupportedModel("count_include_pad together with ceil_mode is not supported");
    }
    pool.divisor = pool.kernel_h * pool.kernel_w;
  }
  const Value result = AddFloatResult(context);
  context.AddLayer(std::move(pool), {x.tensor}, result.tensor);
  FinishFloat(context, result);
}

void EmitFloatSoftmax(LowerContext& context) {
  const Value x = context.FloatInput(0);
  const Value result = context.draft().AddActivation(context.OutputName(), x.shape, x.axes, TensorFormat());
  context.AddLayer(joint::SoftmaxT(), {x.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
