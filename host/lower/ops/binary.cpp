#include "lower/ops/binary.h"

namespace lockstep::lower {

Binary DescribeBinary(LowerContext& context) {
  const graph::Node& node = context.node();
  Binary binary;
  binary.output = ActivatedOutput(context);
  const AffineParams& y = binary.output.params;
  binary.wide = y.bits > 8;
  for (size_t i = 0; i < 2; ++i) {
    const bool computed = !context.IsConstant(i) && !context.Known(i).is_float();
    const AffineParams operand = computed ? context.Known(i).params() : context.ParamsOf(node.inputs[i]);
    binary.wide = binary.wide || operand.bits > 8;
  }
  Value* operands[2] = {&binary.a, &binary.b};
  for (size_t i = 0; i < 2; ++i) {
    *operands[i] =
        context.IsConstant(i) ? context.ConstantOperand(i, context.ParamsOf(node.inputs[i])) : context.Operand(i);
  }
  const graph::TensorId target = binary.output.clamped ? node.outputs[0] : node.pre_activation;
  binary.result = context.draft().AddActivation(context.graph().tensor(target).name, context.OutputShape(),
                                                context.OutputAxes(), y);
  return binary;
}

void EmitSum(LowerContext& context, double sign_b) {
  const Binary binary = DescribeBinary(context);
  const double y = binary.output.params.scale;
  const AddMultipliers fixed =
      ToAddMultipliers(binary.a.params().scale / y, sign_b * binary.b.params().scale / y, binary.wide);
  joint::AddT add;
  add.multiplier_a = fixed.a;
  add.multiplier_b = fixed.b;
  add.shift = fixed.shift;
  FinishBinary(context, binary, add);
}

}  // namespace lockstep::lower
