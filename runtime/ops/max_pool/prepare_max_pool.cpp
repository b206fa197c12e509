#include "joint_elements.h"
#include "ops/common/prepare.h"
#include "ops/max_pool/max_pool.h"

namespace lockstep::kernels {

// Scratch: the maxima over a window's rows, one for each element of an input row.
Prepared PrepareMaxPool(const LayerArgs& args) {
  const TensorView& input = args.inputs[0];
  Prepared prepared;
  prepared.units = ImageRows(args.outputs[0]);
  prepared.scratch_bytes = Aligned(int64_t{input.shape[2]} * input.shape[3] * ElementBytes(input.dtype));
  return prepared;
}

}  // namespace lockstep::kernels
