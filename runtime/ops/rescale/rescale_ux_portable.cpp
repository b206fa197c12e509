#include "ops/common/rescale_run.h"

namespace lockstep::kernels {

void rescale_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Rescale& options = *args.layer->options_as_Rescale();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  const RescaleTo rescale{input, output, options.multiplier(), options.shift(), args.state};
  ForEachStretch(input, output, ElementsOf(output, begin, end),
                 [&](int64_t from, int64_t to, int64_t count) { RescaleRun(rescale, from, to, count); });
}

}  // namespace lockstep::kernels
