#include "ops/pad.h"

#include "lower/ops/emitters.h"
#include "lower/ops/gathering.h"

namespace lockstep::lower {

void EmitPad(LowerContext& context) {
  Value x = context.FormattedInput(0);
  // The input's format may have no level for what the Pad adds; the output's has one.
  if (x.format.is_affine() && context.OutputFormat().is_affine()) x = context.Convert(x, context.OutputFormat());
  EmitGathers(context, x, ops::PaddedIndices(context.graph(), context.node()),
              ops::PadValue(context.graph(), context.node()));
}

}  // namespace lockstep::lower
