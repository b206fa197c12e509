// Functions of one element: a table.
#include "graph/error.h"
#include "lower/ops/emitters.h"
#include "lower/ops/fused_activation.h"

namespace lockstep::lower {

void EmitFunction(LowerContext& context) {
  const graph::Activation function = graph::ActivationOf(context.graph(), context.node());
  if (function.kind == graph::ActivationKind::kNone) {
    throw UnsupportedModel("there is no integer operator for it with these attributes");
  }
  context.Define(ApplyTable(context, function, context.IntegerInput(0), ""));
}

}  // namespace lockstep::lower
