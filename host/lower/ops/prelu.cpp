#include <algorithm>
#include <cmath>

#include "lower/ops/emitters.h"

namespace lockstep::lower {
namespace {

constexpr double kHighest8 = 127.0;
constexpr double kHighest16 = 32767.0;

// One scale for all slopes: 16 bits, or 8 where these come as near.
TensorFormat SlopeFormat(const std::vector<float>& slopes) {
  double largest = 0.0;
  for (const float slope : slopes) largest = std::max(largest, std::abs(static_cast<double>(slope)));
  if (largest == 0.0) largest = 1.0;
  const double step = largest / kHighest8;
  const bool narrow = std::all_of(slopes.begin(), slopes.end(), [&](float slope) {
    return std::abs(slope / step - std::round(slope / step)) <= 0.5 * kHighest8 / kHighest16;
  });
  if (narrow) return TensorFormat::Signed(quantize::NumberType::kS8, step);
  return TensorFormat::Signed(quantize::NumberType::kS16, largest / kHighest16);
}

Value Slopes(LowerContext& context, const Value& x, const std::vector<float>& slopes, const TensorFormat& format) {
  const graph::Tensor& tensor = context.graph().tensor(context.node().inputs[1]);
  graph::Shape shape(x.shape.size() - tensor.shape.size(), 1);
  shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
  std::vector<int64_t> integers;
  integers.reserve(slopes.size());
  for (const float slope : slopes) integers.push_back(std::llround(slope / format.scales[0]));
  return context.draft().AddConstant(tensor.name, shape, x.axes, format, ToBytes(integers, format));
}

}  // namespace

void EmitPRelu(LowerContext& context) {
  const Value x = context.IntegerInput(0);
  const AffineParams y = context.OutputParams();
  const std::vector<float> slopes = context.PhysicalFloats(1);
  const TensorFormat format = SlopeFormat(slopes);
  const FixedMultiplier above = ToFixed(x.params().scale / y.scale);
  const FixedMultiplier below = ToFixed(x.params().scale * format.scales[0] / y.scale);
  joint::PReluT prelu;
  prelu.multiplier = above.m;
  prelu.shift = above.s;
  prelu.slope_multiplier = below.m;
  prelu.slope_shift = below.s;
  prelu.clamp_high = y.high();
  const Value result = context.AddOutput(y);
  context.AddLayer(prelu, {x.tensor, Slopes(context, x, slopes, format).tensor}, result.tensor);
  context.Define(result);
}

void EmitFloatPRelu(LowerContext& context) {
  const Value x = context.FloatInput(0);
  const Value slopes = context.FloatOperand(1);
  const Value result = context.AddOutput(TensorFormat());
  context.AddLayer(joint::PReluT(), {x.tensor, slopes.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
