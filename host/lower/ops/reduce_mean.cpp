// ReduceMean, ReduceSum, ReduceMax and ReduceMin.
#include <algorithm>

#include "graph/error.h"
#include "lower/ops/emitters.h"
#include "lower/weight_packing.h"

namespace lockstep::lower {
namespace {

// The axes as they lie.
std::vector<uint8_t> PhysicalAxes(const LowerContext& context, const Value& x) {
  std::vector<uint8_t> physical;
  const std::vector<int64_t> axes = context.node().Ints("axes", {});
  for (size_t i = 0; i < x.axes.size(); ++i) {
    if (std::count(axes.begin(), axes.end(), x.axes[i]) != 0) physical.push_back(static_cast<uint8_t>(i));
  }
  return physical;
}

int64_t TermsOf(const LowerContext& context, const Value& x) {
  return graph::ElementCount(x.shape) / graph::ElementCount(context.OutputShape());
}

// The sum by `divisor`.
void EmitSummed(LowerContext& context, const Value& x, int64_t divisor) {
  const AffineParams y = context.OutputParams();
  const int64_t count = TermsOf(context, x);
  const FixedMultiplier fixed = ToFixed(x.params().scale / (y.scale * static_cast<double>(divisor)));
  if (fixed.s < 0 && count * (x.params().bits > 8 ? 65535 : 255) >= int64_t{1} << (61 + fixed.s)) {
    throw UnsupportedModel("the scaled sum of " + std::to_string(count) + " elements does not fit 64 bits");
  }
  joint::ReduceMeanT mean;
  mean.axes = PhysicalAxes(context, x);
  mean.multiplier = fixed.m;
  mean.shift = fixed.s;
  mean.clamp_high = y.high();
  const Value result = context.AddOutput(y);
  context.AddLayer(std::move(mean), {x.tensor}, result.tensor);
  context.Define(result);
}

void EmitExtreme(LowerContext& context, bool smallest) {
  const Value x = context.FormattedInput(0);
  joint::ReduceMaxT reduce;
  reduce.axes = PhysicalAxes(context, x);
  reduce.smallest = smallest;
  const Value result = context.AddOutput(x.format);
  context.AddLayer(std::move(reduce), {x.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace

void EmitReduceMean(LowerContext& context) {
  const Value x = context.IntegerInput(0);
  EmitSummed(context, x, TermsOf(context, x));
}

void EmitReduceSum(LowerContext& context) { EmitSummed(context, context.IntegerInput(0), 1); }

void EmitFloatReduceMean(LowerContext& context) {
  const Value x = context.FloatInput(0);
  const Value result = context.AddOutput(TensorFormat());
  joint::ReduceMeanT mean;
  mean.axes = PhysicalAxes(context, x);
  context.AddLayer(std::move(mean), {x.tensor}, result.tensor);
  context.Define(result);
}

// The mean times the number of elements.
void EmitFloatReduceSum(LowerContext& context) {
  const Value x = context.FloatInput(0);
  const graph::Shape& shape = context.OutputShape();
  const Value mean = context.draft().AddActivation(context.OutputName() + "/mean", shape, context.OutputAxes(), {});
  joint::ReduceMeanT reduce;
  reduce.axes = PhysicalAxes(context, x);
  context.AddLayer(std::move(reduce), {x.tensor}, mean.tensor, 0, "/mean");
  const Value count =
      context.draft().AddConstant(context.OutputName() + "/count", graph::Shape(shape.size(), 1), context.OutputAxes(),
                                  TensorFormat(), ToBytes(std::vector<float>{static_cast<float>(TermsOf(context, x))}));
  const Value result = context.AddOutput(TensorFormat());
  context.AddLayer(joint::MulT(), {mean.tensor, count.tensor}, result.tensor);
  context.Define(result);
}

void EmitReduceMax(LowerContext& context) { EmitExtreme(context, false); }
void EmitReduceMin(LowerContext& context) { EmitExtreme(context, true); }

}  // namespace lockstep::lower
