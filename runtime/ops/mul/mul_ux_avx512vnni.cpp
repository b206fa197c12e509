#include "ops/common/binary_runs.h"
#include "ops/mul/mul.h"

namespace lockstep::kernels {

bool AcceptsMul512(const LayerArgs& args) {
  const bool both_wide = args.inputs[0].dtype == joint::DType::U16 && args.inputs[1].dtype == joint::DType::U16;
  return !both_wide && HasPlainRuns(args);
}

void mul_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Mul& mul = *args.layer->options_as_Mul();
  const MulConstants constants = {args.inputs[0].zero_point,  args.inputs[1].zero_point, mul.multiplier(), mul.shift(),
                                  args.outputs[0].zero_point, mul.clamp_low(),           mul.clamp_high()};
  ForEachBinaryRun(args, begin, end, constants, MulRun512);
}

}  // namespace lockstep::kernels
