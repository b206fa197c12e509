// How a Transpose walks through its input.
#pragma once

#include "joint_elements.h"
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

// Elements of one or two bytes whose two last axes change places, once neighbouring axes are one.
inline bool SwapsLastAxes(const LayerArgs& args, const StridedWalk& walk) {
  return ElementBytes(args.outputs[0].dtype) <= 2 && walk.rank >= 2 && walk.stride[0][walk.rank - 1] != 1 &&
         walk.stride[0][walk.rank - 2] == 1;
}

}  // namespace lockstep::kernels
