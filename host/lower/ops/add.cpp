#include "lower/ops/binary.h"
#include "lower/ops/emitters.h"

namespace lockstep::lower {

void EmitAdd(LowerContext& context) { EmitSum(context, 1.0); }

}  // namespace lockstep::lower
