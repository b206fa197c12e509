#include "ops/common/rescale_run.h"
#include "ops/rescale/rescale.h"

namespace lockstep::kernels {

// State: the table of an input of bytes.
Prepared PrepareRescale(const LayerArgs& args) {
  Prepared prepared;
  prepared.units = ElementUnits(args.outputs[0].elements);
  if (ElementBytes(args.inputs[0].dtype) == 1) prepared.state_bytes = kRescaleTableBytes;
  return prepared;
}

void SetUpRescale(const LayerArgs& args, uint8_t* state) {
  const joint::Rescale& options = *args.layer->options_as_Rescale();
  BuildRescaleTable(args.inputs[0], args.outputs[0], options.multiplier(), options.shift(), state);
}

}  // namespace lockstep::kernels
