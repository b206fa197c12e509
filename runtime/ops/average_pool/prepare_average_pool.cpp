#include "ops/average_pool/average_pool.h"
#include "ops/common/line_sums.h"
#include "ops/common/prepare.h"

namespace lockstep::kernels {

// Scratch: the sums over a window's rows, one for each element of an input row, and one output pixel's.
Prepared PrepareAveragePool(const LayerArgs& args) {
  const TensorView& input = args.inputs[0];
  Prepared prepared;
  prepared.units = ImageRows(args.outputs[0]);
  prepared.scratch_bytes =
      Aligned((int64_t{input.shape[2]} + 1) * input.shape[3] * int64_t{sizeof(int32_t)} + kLineSlack);
  return prepared;
}

}  // namespace lockstep::kernels
