// Max and Min.
#include "lower/ops/binary.h"
#include "lower/ops/emitters.h"
#include "lower/ops/float_activation.h"

namespace lockstep::lower {
namespace {

void EmitExtreme(LowerContext& context, bool smallest) {
  const Binary binary = DescribeBinary(context);
  const double y = binary.output.params.scale;
  const FixedMultiplier a = ToFixed(binary.a.params().scale / y);
  const FixedMultiplier b = ToFixed(binary.b.params().scale / y);
  joint::MaximumT maximum;
  maximum.multiplier_a = a.m;
  maximum.shift_a = a.s;
  maximum.multiplier_b = b.m;
  maximum.shift_b = b.s;
  maximum.smallest = smallest;
  FinishBinary(context, binary, maximum);
}

void EmitFloatExtreme(LowerContext& context, bool smallest) {
  const Value a = context.FloatOperand(0);
  const Value b = context.FloatOperand(1);
  const Value result = AddFloatResult(context);
  joint::MaximumT maximum;
  maximum.smallest = smallest;
  context.AddLayer(maximum, {a.tensor, b.tensor}, result.tensor);
  FinishFloat(context, result);
}

}  // namespace

void EmitMax(LowerContext& context) { EmitExtreme(context, false); }
void EmitMin(LowerContext& context) { EmitExtreme(context, true); }
void EmitFloatMax(LowerContext& context) { EmitFloatExtreme(context, false); }
void EmitFloatMin(LowerContext& context) { EmitFloatExtreme(context, true); }

}  // namespace lockstep::lower
