#include "ops/common/prepare.h"
#include "ops/interpolate/interpolate.h"

namespace lockstep::kernels {

// Scratch: the sums over an output row's input rows, one for each element of an input row, and one output pixel's. Sums
// of U16 elements have 64 bits.
Prepared PrepareInterpolate(const LayerArgs& args) {
  const TensorView& input = args.inputs[0];
  const int64_t sum = input.dtype == joint::DType::U16 ? sizeof(int64_t) : sizeof(int32_t);
  Prepared prepared;
  prepared.units = ImageRows(args.outputs[0]);
  prepared.scratch_bytes = Aligned((int64_t{input.shape[2]} + 1) * input.shape[3] * sum);
  return prepared;
}

}  // namespace lockstep::kernels
