#include "graph/error.h"
#include "lower/ops/emitters.h"

namespace lockstep::lower {

void EmitSoftmax(LowerContext& context) {
  const Value x = context.IntegerInput(0);
  if (x.params().bits > 8) throw UnsupportedModel("its input has more than 8 bits; quantise it to 8");
  const AffineParams wanted = context.OutputParams();
  const bool wide = wanted.bits > 8;
  // What the operator gives: the zero point is 0 and one step is a power of two.
  const AffineParams natural{wide ? 1.0 / 65536.0 : 1.0 / 256.0, 0, wide ? 16 : 8};
  const auto last = static_cast<size_t>(context.node().Int("axis", 0));
  joint::SoftmaxT softmax;
  softmax.table = SoftmaxTable(x.params().scale, x.shape.at(last));
  softmax.numerator = wide ? 65536 : 256;
  const Value result = context.draft().AddActivation(context.OutputName(), x.shape, x.axes, natural);
  context.AddLayer(std::move(softmax), {x.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
