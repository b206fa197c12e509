#include "ops/common/binary_runs.h"
#include "ops/prelu/prelu.h"

namespace lockstep::kernels {

bool AcceptsPRelu512(const LayerArgs& args) { return HasPlainRuns(args); }

void prelu_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::PRelu& prelu = *args.layer->options_as_PRelu();
  const PReluConstants constants = {args.inputs[0].zero_point, prelu.multiplier(),  prelu.shift(),
                                    prelu.slope_multiplier(),  prelu.slope_shift(), args.outputs[0].zero_point,
                                    prelu.clamp_low(),         prelu.clamp_high()};
  ForEachBinaryRun(args, begin, end, constants, PReluRun512);
}

}  // namespace lockstep::kernels
