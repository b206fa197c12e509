#include "ops/common/prepare.h"
#include "ops/non_max_suppression/non_max_suppression.h"

namespace lockstep::kernels {

// One unit: where a class writes follows from how many boxes those before it gave. The scratch holds the scores of a
// class as numbers to be ordered.
Prepared PrepareNonMaxSuppression(const LayerArgs& args) {
  Prepared prepared;
  prepared.scratch_bytes = Aligned(args.inputs[0].shape[1] * int64_t{sizeof(uint64_t)});
  return prepared;
}

}  // namespace lockstep::kernels
