#include "ops/common/prepare.h"
#include "ops/top_k/top_k.h"

namespace lockstep::kernels {

// A unit is one row along the axis; the scratch holds its elements as numbers to be ordered.
Prepared PrepareTopK(const LayerArgs& args) {
  const int64_t length = args.inputs[0].shape[args.layer->options_as_TopK()->axis()];
  Prepared prepared;
  prepared.units = args.inputs[0].elements / length;
  prepared.scratch_bytes = Aligned(length * int64_t{sizeof(uint64_t)});
  return prepared;
}

}  // namespace lockstep::kernels
