#include "ops/common/binary_runs.h"
#include "ops/common/byte_rows.h"
#include "ops/mul/mul.h"

namespace lockstep::kernels {

bool AcceptsMulNeon(const LayerArgs& args) { return AreBytes(args) && HasPlainRuns(args); }

void mul_u8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Mul& mul = *args.layer->options_as_Mul();
  const MulConstants constants = {args.inputs[0].zero_point,  args.inputs[1].zero_point, mul.multiplier(), mul.shift(),
                                  args.outputs[0].zero_point, mul.clamp_low(),           mul.clamp_high()};
  ForEachBinaryRun(args, begin, end, constants, MulRunNeon);
}

}  // namespace lockstep::kernels
