// How a Transpose walks through its input.
#pragma once

#include "joint_strides.h"
#include "ops/common/strided_walk.h"

namespace lockstep::kernels {

inline StridedWalk TransposeWalk(const LayerArgs& args) {
  const auto& perm = *args.layer->options_as_Transpose()->perm();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  int64_t strides[kMaxRank];
  int64_t out_strides[kMaxRank];
  joint::StridesOf(input.shape, input.rank, input.pitch, strides);
  joint::StridesOf(output.shape, output.rank, output.pitch, out_strides);
  StridedWalk walk;
  for (int32_t axis = 0; axis < input.rank; ++axis) {
    const int64_t stride = strides[perm.Get(static_cast<flatbuffers::uoffset_t>(axis))];
    walk.AddAxis(output.shape[axis], stride, 0, out_strides[axis]);
  }
  walk.Finish();
  return walk;
}

}  // namespace lockstep::kernels
