#include "ops/common/binary_elements.h"

#include <algorithm>
#include <type_traits>

#include "joint_strides.h"
#include "ops/common/elements.h"

namespace lockstep::kernels {
namespace {

void Store(const int32_t* from, int64_t count, const TensorView& output, int64_t position) {
  WithActivationType(output.dtype, [&](auto* tag) {
    auto* to = reinterpret_cast<decltype(tag)>(output.data) + position;
    const auto length = static_cast<ptrdiff_t>(count);
    for (ptrdiff_t i = 0; i < length; ++i) to[i] = static_cast<std::remove_pointer_t<decltype(tag)>>(from[i]);
  });
}

}  // namespace

void LoadDifferences(const TensorView& input, int64_t position, int64_t stride, int64_t count, int32_t* to) {
  WithActivationType(input.dtype, [&](auto* tag) {
    const auto* from = reinterpret_cast<decltype(tag)>(input.data) + position;
    const auto length = static_cast<ptrdiff_t>(count);
    const auto step = static_cast<ptrdiff_t>(stride);
    if (step == 1) {
      for (ptrdiff_t i = 0; i < length; ++i) to[i] = from[i] - input.zero_point;
    } else {
      for (ptrdiff_t i = 0; i < length; ++i) to[i] = from[i * step] - input.zero_point;
    }
  });
}

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

bool HasPlainRuns(const LayerArgs& args) {
  const StridedWalk walk = BroadcastWalk(args);
  for (const auto& strides : walk.stride) {
    const int64_t stride = strides[walk.rank - 1];
    if (stride != 0 && stride != 1) return false;
  }
  return true;
}

void RunBinary(const LayerArgs& args, int64_t begin, int64_t end, const BinaryLoops& loops) {
  const StridedWalk walk = BroadcastWalk(args);
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  const int64_t stride_a = walk.stride[0][walk.rank - 1];
  const int64_t stride_b = walk.stride[1][walk.rank - 1];
  const TensorView& left = args.inputs[0];
  const TensorView& right = args.inputs[1];
  const TensorView& output = args.outputs[0];
  const bool bytes = left.dtype == joint::DType::U8 && right.dtype == joint::DType::U8 &&
                     output.dtype == joint::DType::U8 && stride_a == 1 && stride_b == 1 && loops.bytes != nullptr;
  ForEachRun(walk, range.first, range.last, [&](int64_t place, int64_t a, int64_t b, int64_t count) {
    if (bytes) {
      loops.bytes(loops.combine,
                  {left.data + a, right.data + b, output.data + place, count, left.zero_point, right.zero_point});
      return;
    }
    int32_t from_a[kBinaryBlock];
    int32_t from_b[kBinaryBlock];
    int32_t combined[kBinaryBlock];
    for (int64_t done = 0; done < count; done += kBinaryBlock) {
      const int64_t block = std::min<int64_t>(kBinaryBlock, count - done);
      LoadDifferences(left, a + done * stride_a, stride_a, block, from_a);
      LoadDifferences(right, b + done * stride_b, stride_b, block, from_b);
      loops.block(loops.combine, from_a, from_b, block, combined);
      Store(combined, block, output, place + done);
    }
  });
}

}  // namespace lockstep::kernels
