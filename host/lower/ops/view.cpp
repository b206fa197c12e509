// Reshape, Transpose and the like: the layout has seen to it that the bytes stay where they are.
#include "lower/ops/emitters.h"

namespace lockstep::lower {

void EmitView(LowerContext& context) {
  const Value x = context.FormattedInput(0);
  const Value view = context.AddOutput(x.format);
  context.AddLayer(joint::ReshapeT(), {x.tensor}, view.tensor);
  context.Define(view);
}

}  // namespace lockstep::lower
