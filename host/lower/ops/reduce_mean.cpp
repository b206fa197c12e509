#include <algorithm>

#include "graph/error.h"
#include "lower/ops/emitters.h"

namespace lockstep::lower {
namespace {

// The axes as they lie.
joint::ReduceMeanT Options(const LowerContext& context, const Value& x) {
  joint::ReduceMeanT mean;
  const std::vector<int64_t> axes = context.node().Ints("axes", {});
  for (size_t i = 0; i < x.axes.size(); ++i) {
    if (std::count(axes.begin(), axes.end(), x.axes[i]) != 0) mean.axes.push_back(static_cast<uint8_t>(i));
  }
  return mean;
}

}  // namespace

void EmitReduceMean(LowerContext& context) {
  const Value x = context.IntegerInput(0);
  const AffineParams y = context.OutputParams();
  const int64_t count = graph::ElementCount(x.shape) / graph::ElementCount(context.OutputShape());
  const FixedMultiplier fixed = ToFixed(x.params().scale / (y.scale * static_cast<double>(count)));
  if (fixed.s < 0 && count * (x.params().bits > 8 ? 65535 : 255) >= int64_t{1} << (61 + fixed.s)) {
    throw UnsupportedModel("the scaled sum of " + std::to_string(count) + " elements does not fit 64 bits");
  }
  joint::ReduceMeanT mean = Options(context, x);
  mean.multiplier = fixed.m;
  mean.shift = fixed.s;
  mean.clamp_high = y.high();
  const Value result = context.AddOutput(y);
  context.AddLayer(std::move(mean), {x.tensor}, result.tensor);
  context.Define(result);
}

void EmitFloatReduceMean(LowerContext& context) {
  const Value x = context.FloatInput(0);
  const Value result = context.AddOutput(TensorFormat());
  context.AddLayer(Options(context, x), {x.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
