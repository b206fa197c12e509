#include "lower/ops/binary.h"
#include "lower/ops/emitters.h"

namespace lockstep::lower {

void EmitSub(LowerContext& context) { EmitSum(context, -1.0); }

}  // namespace lockstep::lower
