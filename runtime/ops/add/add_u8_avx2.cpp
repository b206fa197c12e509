#include "ops/add/add.h"
#include "ops/common/binary_runs.h"

namespace lockstep::kernels {

bool AcceptsAddBytes(const LayerArgs& args) {
  const StridedWalk walk = BroadcastWalk(args);
  for (int32_t i = 0; i < 2; ++i) {
    if (args.inputs[i].dtype != joint::DType::U8 || walk.stride[i][walk.rank - 1] != 1) return false;
  }
  return args.outputs[0].dtype == joint::DType::U8;
}

void add_u8_avx2(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ForEachBinaryRun(args, begin, end, AddConstantsOf(args), AddRunAvx2);
}

}  // namespace lockstep::kernels
