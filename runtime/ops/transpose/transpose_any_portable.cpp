#include "ops/common/elements.h"
#include "ops/common/strided_copy.h"

namespace lockstep::kernels {

void transpose_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const auto& perm = *args.layer->options_as_Transpose()->perm();
  const TensorView& input = args.inputs[0];
  int64_t strides[kMaxRank];
  int64_t step = 1;
  for (int32_t axis = input.rank - 1; axis >= 0; --axis) {
    strides[axis] = step;
    step *= input.shape[axis];
  }
  StridedWalk walk;
  for (int32_t axis = 0; axis < input.rank; ++axis) {
    walk.AddAxis(args.outputs[0].shape[axis], strides[perm.Get(static_cast<flatbuffers::uoffset_t>(axis))], 0);
  }
  walk.Finish();
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  StridedCopy(args, walk, range.first, range.last);
}

}  // namespace lockstep::kernels
