#include "lower/ops/binary.h"
#include "lower/ops/emitters.h"

namespace lockstep::lower {

void EmitMul(LowerContext& context) {
  const Binary binary = DescribeBinary(context);
  const FixedMultiplier fixed = ToFixed(binary.a.params().scale * binary.b.params().scale / binary.output.params.scale);
  joint::MulT mul;
  mul.multiplier = fixed.m;
  mul.shift = fixed.s;
  FinishBinary(context, binary, mul);
}

}  // namespace lockstep::lower
