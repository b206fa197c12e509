// Nodes in floats but for convolutions: the parameters are the real ones.
#include <algorithm>

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

// Integer inputs are dequantised on the way.
void EmitFloatConcat(LowerContext& context) {
  const graph::Node& node = context.node();
  const Axes& axes = context.OutputAxes();
  const auto rank = static_cast<int64_t>(axes.size());
  const int64_t axis = node.Int("axis", 0) < 0 ? node.Int("axis", 0) + rank : node.Int("axis", 0);
  joint::ConcatT concat;
  concat.axis = static_cast<int32_t>(std::find(axes.begin(), axes.end(), axis) - axes.begin());
  std::vector<int32_t> inputs;
  for (size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(context.FloatOperand(i).tensor);
  const Value result = AddFloatResult(context);
  context.AddLayer(std::move(concat), inputs, result.tensor);
  FinishFloat(context, result);
}

void EmitFloatSoftmax(LowerContext& context) {
  const Value x = context.FloatInput(0);
  const Value result = context.AddLike(x, context.OutputName(), x.shape, x.axes);
  context.AddLayer(joint::SoftmaxT(), {x.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
