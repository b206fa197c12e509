// How a Transpose walks through its input.
#pragma once

#include "joint_elements.h"
#include "joint_strides.h"
#include "ops/common/elements.h"
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

// Units of a matrix whose rows become columns, where these are many, are pieces of all rows of the output: a thread
// then reads what lies side by side in the input.
inline constexpr int64_t kTransposePiece = 256;
inline bool HasTransposePieces(const LayerArgs& args, const StridedWalk& walk) {
  constexpr int64_t kFewest = 4;
  return walk.rank == 2 && walk.extent[1] >= kFewest * kTransposePiece && SwapsLastAxes(args, walk);
}
inline ElementRange TransposeColumns(const StridedWalk& walk, int64_t begin, int64_t end) {
  return {begin * kTransposePiece, std::min(end * kTransposePiece, walk.extent[1])};
}

}  // namespace lockstep::kernels
