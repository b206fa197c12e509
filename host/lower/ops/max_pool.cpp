#include "graph/error.h"
#include "lower/ops/emitters.h"
#include "lower/ops/window.h"

namespace lockstep::lower {

void EmitMaxPool(LowerContext& context) {
  const Value x = context.FormattedInput(0);
  if (context.node().outputs.size() > 1) throw UnsupportedModel("its output of indices is not supported");
  joint::MaxPoolT pool;
  SetPool(ReadPoolWindow(context, x), pool);
  const Value result = context.AddOutput(x.format);
  context.AddLayer(pool, {x.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
