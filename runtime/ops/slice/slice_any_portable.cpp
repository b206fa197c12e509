#include "ops/common/elements.h"
#include "ops/common/strided_copy.h"

namespace lockstep::kernels {

void slice_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Slice& slice = *args.layer->options_as_Slice();
  const TensorView& input = args.inputs[0];
  int64_t strides[kMaxRank];
  int64_t step = 1;
  StridedWalk walk;
  for (int32_t axis = input.rank - 1; axis >= 0; --axis) {
    const auto index = static_cast<flatbuffers::uoffset_t>(axis);
    strides[axis] = step * slice.step()->Get(index);
    walk.offset[0] += step * slice.start()->Get(index);
    step *= input.shape[axis];
  }
  for (int32_t axis = 0; axis < input.rank; ++axis) walk.AddAxis(args.outputs[0].shape[axis], strides[axis], 0);
  walk.Finish();
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  StridedCopy(args, walk, range.first, range.last);
}

}  // namespace lockstep::kernels
