#include "lower/ops/fused_activation.h"

#include "graph/error.h"
#include "quantize/affine.h"

namespace lockstep::lower {

Activated ActivatedOutput(const LowerContext& context) {
  const graph::Node& node = context.node();
  const graph::Activation& activation = node.activation;
  const AffineParams y = context.OutputParams();
  if (context.IsPart()) return {true, y, 0, y.high()};
  switch (activation.kind) {
    case graph::ActivationKind::kNone:
      return {true, y, 0, y.high()};
    case graph::ActivationKind::kRelu:
      return {true, y, quantize::QuantizeValue(0.0, y), y.high()};
    case graph::ActivationKind::kClip:
      return {true, y, quantize::QuantizeValue(activation.alpha, y), quantize::QuantizeValue(activation.beta, y)};
    default: {
      const AffineParams before = context.ParamsOf(node.pre_activation);
      return {false, before, 0, before.high()};
    }
  }
}

std::vector<uint8_t> ActivationTable(const LowerContext& context, const graph::Activation& function,
                                     const AffineParams& before) {
  const AffineParams y = context.OutputParams();
  return ToBytes(FunctionTable([&](double real) { return graph::Evaluate(function, real); }, before, y), y);
}

Value ApplyTable(LowerContext& context, const graph::Activation& function, const Value& x, const char* suffix) {
  joint::LookupT lookup;
  lookup.table = ActivationTable(context, function, x.params());
  Value result = context.draft().AddActivation(context.OutputName(), x.shape, x.axes, context.OutputParams());
  context.AddLayer(std::move(lookup), {x.tensor}, result.tensor, 0, suffix);
  return result;
}

}  // namespace lockstep::lower
