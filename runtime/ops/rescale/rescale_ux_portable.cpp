#include "ops/common/rescale_run.h"

namespace lockstep::kernels {

void rescale_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Rescale& options = *args.layer->options_as_Rescale();
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  RescaleRun({args.inputs[0], args.outputs[0], options.multiplier(), options.shift(), args.state}, range.first,
             range.first, range.last - range.first);
}

}  // namespace lockstep::kernels
