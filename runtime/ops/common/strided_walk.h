// Walks over the elements of an output in runs, with the places of up to two inputs whose strides differ: broadcasts,
// slices and transpositions. Neighbouring axes that output and inputs step through evenly are one axis here, so that
// the runs are as long as they can be.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ops/layer_args.h"

namespace lockstep::kernels {

struct StridedWalk {
  static constexpr int kInputs = 2;

  int32_t rank = 0;
  int64_t extent[kMaxRank + 1] = {};
  int64_t stride[kInputs][kMaxRank + 1] = {};  // in elements
  int64_t out_stride[kMaxRank + 1] = {};
  int64_t offset[kInputs] = {};

  // Axes are added from the outermost to the innermost.
  void AddAxis(int64_t size, int64_t stride_a, int64_t stride_b, int64_t stride_out) {
    if (size == 1) return;
    const int32_t last = rank - 1;
    const bool even = rank > 0 && stride[0][last] == stride_a * size && stride[1][last] == stride_b * size &&
                      out_stride[last] == stride_out * size;
    if (!even) extent[rank++] = 1;
    extent[rank - 1] *= size;
    stride[0][rank - 1] = stride_a;
    stride[1][rank - 1] = stride_b;
    out_stride[rank - 1] = stride_out;
  }

  // There always is an innermost axis, along which the output's elements lie side by side.
  void Finish() {
    if (rank > 0 && out_stride[rank - 1] == 1) return;
    extent[rank] = 1;
    out_stride[rank] = 1;
    ++rank;
  }
};

// visit(place in the output, place in a, place in b, count) for the output's elements [first, last), in order; within
// a run the output advances by 1 and the inputs by the strides of the innermost axis.
template <typename Visit>
void ForEachRun(const StridedWalk& walk, int64_t first, int64_t last, Visit visit) {
  const int32_t inner = walk.rank - 1;
  int64_t index[kMaxRank + 1];
  int64_t rest = first;
  for (int32_t axis = inner; axis >= 0; --axis) {
    index[axis] = rest % walk.extent[axis];
    rest /= walk.extent[axis];
  }
  int64_t out = 0;
  int64_t a = walk.offset[0];
  int64_t b = walk.offset[1];
  for (int32_t axis = 0; axis < inner; ++axis) {
    out += index[axis] * walk.out_stride[axis];
    a += index[axis] * walk.stride[0][axis];
    b += index[axis] * walk.stride[1][axis];
  }
  int64_t column = index[inner];
  for (int64_t position = first; position < last;) {
    const int64_t count = std::min(walk.extent[inner] - column, last - position);
    visit(out + column, a + column * walk.stride[0][inner], b + column * walk.stride[1][inner], count);
    position += count;
    column = 0;
    for (int32_t axis = inner - 1; axis >= 0; --axis) {
      out += walk.out_stride[axis];
      a += walk.stride[0][axis];
      b += walk.stride[1][axis];
      if (++index[axis] < walk.extent[axis]) break;
      out -= walk.extent[axis] * walk.out_stride[axis];
      a -= walk.extent[axis] * walk.stride[0][axis];
      b -= walk.extent[axis] * walk.stride[1][axis];
      index[axis] = 0;
    }
  }
}

}  // namespace lockstep::kernels
