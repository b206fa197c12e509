// How a Slice walks through its input.
#pragma once

#include "joint_strides.h"
#include "ops/common/strided_walk.h"

namespace lockstep::kernels {

inline StridedWalk SliceWalk(const LayerArgs& args) {
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
  return walk;
}

}  // namespace lockstep::kernels
