#include <cmath>

#include "graph/error.h"
#include "lower/ops/emitters.h"

namespace lockstep::lower {
namespace {

constexpr double kMostSteps = 1 << 23;

// What the operator gives: the zero point is 0, and 1 is a whole number of steps.
AffineParams Natural(double steps, int bits) { return {1.0F / static_cast<float>(steps), 0, bits}; }

// That of `wanted` if there is one, else one that is rescaled to it.
AffineParams NaturalFor(const AffineParams& wanted) {
  const double steps = std::round(1.0 / wanted.scale);
  if (steps >= 1.0 && steps <= kMostSteps && Natural(steps, wanted.bits) == wanted) return wanted;
  const int bits = wanted.bits > 8 || wanted.scale < std::exp2(-8) ? 16 : 8;
  return Natural(std::exp2(bits), bits);
}

}  // namespace

void EmitSoftmax(LowerContext& context) {
  const Value x = context.IntegerInput(0);
  const AffineParams natural = NaturalFor(context.OutputParams());
  const auto last = static_cast<size_t>(context.node().Int("axis", 0));
  joint::SoftmaxT softmax;
  softmax.table = SoftmaxTable(x.params(), x.shape.at(last));
  softmax.numerator = static_cast<uint32_t>(std::round(1.0 / natural.scale));
  const Value result = context.draft().AddActivation(context.OutputName(), x.shape, x.axes, natural);
  context.AddLayer(std::move(softmax), {x.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
