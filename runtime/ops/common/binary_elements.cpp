#include "ops/common/binary_elements.h"

#include "joint_strides.h"

namespace lockstep::kernels {

StridedWalk BroadcastWalk(const LayerArgs& args) {
  const int32_t rank = args.outputs[0].rank;
  int64_t strides[StridedWalk::kInputs][kMaxRank] = {};
  for (int input = 0; input < StridedWalk::kInputs; ++input) {
    const TensorView& view = args.inputs[input];
    int64_t own[kMaxRank];
    joint::StridesOf(view.shape, view.rank, view.pitch, own);
    for (int32_t axis = 0; axis < view.rank; ++axis) {
      if (view.shape[axis] != 1) strides[input][axis + rank - view.rank] = own[axis];
    }
  }
  int64_t out_strides[kMaxRank];
  joint::StridesOf(args.outputs[0].shape, rank, args.outputs[0].pitch, out_strides);
  StridedWalk walk;
  for (int32_t axis = 0; axis < rank; ++axis) {
    walk.AddAxis(args.outputs[0].shape[axis], strides[0][axis], strides[1][axis], out_strides[axis]);
  }
  walk.Finish();
  return walk;
}

void LoadDifferences(const TensorView& input, int64_t position, int64_t stride, int64_t count, int32_t* to) {
  WithActivationType(input.dtype, [&](auto* tag) {
    const auto* from = reinterpret_cast<decltype(tag)>(input.data) + position;
    if (stride == 1) {
      for (int64_t i = 0; i < count; ++i) to[i] = from[i] - input.zero_point;
    } else {
      for (int64_t i = 0; i < count; ++i) to[i] = from[i * stride] - input.zero_point;
    }
  });
}

}  // namespace lockstep::kernels
