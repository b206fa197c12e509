#include "lower/ops/fused_activation.h"

#include <algorithm>

#include "graph/error.h"
#include "quantize/affine.h"

namespace lockstep::lower {

Activated ActivatedOutput(const LowerContext& context) {
  const graph::Node& node = context.node();
  const graph::Activation& activation = node.activation;
  const TensorFormat levels = context.OutputLevels();
  const AffineParams y = levels.coarsest();
  if (context.IsPart()) return {true, y, 0, y.high(), levels};
  switch (activation.kind) {
    case graph::ActivationKind::kNone:
      return {true, y, 0, y.high(), levels};
    case graph::ActivationKind::kRelu:
      return {true, y, quantize::QuantizeValue(0.0, y), y.high(), levels};
    case graph::ActivationKind::kClip:
      return {true, y, quantize::QuantizeValue(activation.alpha, y), quantize::QuantizeValue(activation.beta, y),
              levels};
    default: {
      const TensorFormat& before = context.LevelsOf(node.pre_activation);
      const bool separate = before.has_channel_scales() || levels.has_channel_scales();
      return {false, before.coarsest(), 0, before.coarsest().high(), before, separate};
    }
  }
}

std::vector<uint8_t> ActivationTable(const LowerContext& context, const graph::Activation& function,
                                     const TensorFormat& before) {
  const TensorFormat y = context.OutputLevels();
  std::vector<uint8_t> tables;
  for (size_t c = 0; c < std::max(before.scales.size(), y.scales.size()); ++c) {
    const std::vector<uint8_t> table = ToBytes(
        FunctionTable([&](double real) { return graph::Evaluate(function, real); }, before.channel(c), y.channel(c)),
        y.channel(c));
    tables.insert(tables.end(), table.begin(), table.end());
  }
  return tables;
}

Value AddSum(LowerContext& context, const Activated& output) {
  if (!output.separate) return context.AddOutput(context.OutputLevels());
  return context.draft().AddActivation(context.graph().tensor(context.node().pre_activation).name,
                                       context.OutputShape(), context.OutputAxes(), output.levels);
}

void DefineSum(LowerContext& context, const Activated& output, const Value& sum) {
  context.Define(output.separate ? ApplyTable(context, context.node().activation, sum, "/activation") : sum);
}

Value ApplyTable(LowerContext& context, const graph::Activation& function, const Value& x, const char* suffix) {
  const TensorFormat y = context.OutputLevels();
  Value result = context.draft().AddActivation(context.OutputName(), x.shape, x.axes, y);
  const auto add = [&](auto lookup) {
    lookup.table = ActivationTable(context, function, x.format);
    context.AddLayer(std::move(lookup), {x.tensor}, result.tensor, 0, suffix);
  };
  x.format.has_channel_scales() || y.has_channel_scales() ? add(joint::ChannelLookupT()) : add(joint::LookupT());
  return result;
}

}  // namespace lockstep::lower
