#include "joint_strides.h"
#include "ops/common/elements.h"
#include "ops/common/strided_copy.h"
#include "ops/slice/slice.h"

namespace lockstep::kernels {

void slice_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  if (IsSliceWithin(args)) return;
  const joint::Slice& slice = *args.layer->options_as_Slice();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  int64_t strides[kMaxRank];
  int64_t out_strides[kMaxRank];
  joint::StridesOf(input.shape, input.rank, input.pitch, strides);
  joint::StridesOf(output.shape, output.rank, output.pitch, out_strides);
  StridedWalk walk;
  for (int32_t axis = 0; axis < input.rank; ++axis) {
    const auto index = static_cast<flatbuffers::uoffset_t>(axis);
    walk.offset[0] += strides[axis] * slice.start()->Get(index);
    walk.AddAxis(output.shape[axis], strides[axis] * slice.step()->Get(index), 0, out_strides[axis]);
  }
  walk.Finish();
  const ElementRange range = ElementsOf(output, begin, end);
  StridedCopy(args, walk, range.first, range.last);
}

}  // namespace lockstep::kernels
