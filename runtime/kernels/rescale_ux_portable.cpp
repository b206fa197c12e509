#include "kernels/rescale.h"

namespace lockstep::kernels {

void rescale_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  const joint::Rescale& options = *args.layer->options_as_Rescale();
  const ElementRange range = ElementsOf(args.output, begin, end);
  const TensorView& input = args.inputs[0];
  if (input.dtype == joint::DType::U8) {
    BuildRescaleTable(input, args.output, options.multiplier(), options.shift(), scratch);
  }
  RescaleRun({input, args.output, options.multiplier(), options.shift(), scratch}, range.first, range.first,
             range.last - range.first);
}

}  // namespace lockstep::kernels
