#include "ops/common/dequantize_run.h"

namespace lockstep::kernels {

void dequantize_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  DequantizeRun(args.inputs[0], range.first, reinterpret_cast<float*>(args.outputs[0].data) + range.first,
                range.last - range.first);
}

}  // namespace lockstep::kernels
