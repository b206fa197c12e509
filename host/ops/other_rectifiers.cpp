// Celu, Selu, Shrink and ThresholdedRelu: functions of one element and of the node's numbers.
#include <cmath>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

template <typename Function>
Results Map(const Call& call, const Function& function) {
  if (!call.In(0).is_float()) return std::nullopt;
  Value result = call.In(0);
  for (float& x : result.data.floats) x = static_cast<float>(function(static_cast<double>(x)));
  return One(std::move(result));
}

void InferCelu(InferContext& context) {
  context.Require(context.Real("alpha", 1.0F) != 0.0F, "its attribute 'alpha' is 0; allowed: other numbers");
  context.SetLikeInput();
}

Results EvaluateCelu(const Call& call) {
  const double alpha = call.node.Float("alpha", 1.0F);
  return Map(call, [alpha](double x) { return std::max(x, 0.0) + std::min(0.0, alpha * std::expm1(x / alpha)); });
}

constexpr float kSeluAlpha = 1.67326319217681884765625F;
constexpr float kSeluGamma = 1.05070102214813232421875F;

void InferSelu(InferContext& context) {
  context.Real("alpha", kSeluAlpha);
  context.Real("gamma", kSeluGamma);
  context.SetLikeInput();
}

Results EvaluateSelu(const Call& call) {
  const double alpha = call.node.Float("alpha", kSeluAlpha);
  const double gamma = call.node.Float("gamma", kSeluGamma);
  return Map(call, [=](double x) { return gamma * (x > 0.0 ? x : alpha * std::expm1(x)); });
}

void InferShrink(InferContext& context) {
  context.Real("lambd", 0.5F);
  context.Real("bias", 0.0F);
  context.SetLikeInput();
}

Results EvaluateShrink(const Call& call) {
  const double threshold = call.node.Float("lambd", 0.5F);
  const double bias = call.node.Float("bias", 0.0F);
  return Map(call, [=](double x) {
    if (x < -threshold) return x + bias;
    return x > threshold ? x - bias : 0.0;
  });
}

void InferThreshold(InferContext& context) {
  context.Real("alpha", 1.0F);
  context.SetLikeInput();
}

Results EvaluateThreshold(const Call& call) {
  const double alpha = call.node.Float("alpha", 1.0F);
  return Map(call, [alpha](double x) { return x > alpha ? x : 0.0; });
}

}  // namespace

constexpr Op kCelu = Op({1, 1}, InferCelu, EvaluateCelu, LayoutKind::kUnsupported, NotSupported);
constexpr Op kSelu = Op({1, 1}, InferSelu, EvaluateSelu, LayoutKind::kUnsupported, NotSupported);
constexpr Op kShrink = Op({1, 1}, InferShrink, EvaluateShrink, LayoutKind::kUnsupported, NotSupported);
constexpr Op kThresholdedRelu = Op({1, 1}, InferThreshold, EvaluateThreshold, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
