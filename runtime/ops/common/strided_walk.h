// Walks over the elements of a row-major output in runs, with the positions of up to two inputs whose strides differ:
// broadcasts, slices and transpositions. Neighbouring axes that every input steps through evenly are one axis here, so
// that the runs are as long as they can be.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ops/layer_args.h"

namespace lockstep::kernels {

struct StridedWalk {
  static constexpr int kInputs = 2;

  int32_t rank = 0;
  int64_t extent[kMaxRank] = {};
  int64_t stride[kInputs][kMaxRank] = {};  // in elements
  int64_t offset[kInputs] = {};

  // Axes are added from the outermost to the innermost.
  void AddAxis(int64_t size, int64_t stride_a, int64_t stride_b) {
    if (size == 1) return;
    const int32_t last = rank - 1;
    if (rank > 0 && stride[0][last] == stride_a * size && stride[1][last] == stride_b * size) {
      extent[last] *= size;
      stride[0][last] = stride_a;
      stride[1][last] = stride_b;
      return;
    }
    extent[rank] = size;
    stride[0][rank] = stride_a;
    stride[1][rank] = stride_b;
    ++rank;
  }

  // An axis of one element, so that there always is an innermost one.
  void Finish() {
    if (rank > 0) return;
    extent[0] = 1;
    rank = 1;
  }
};

// visit(output position, position in a, position in b, count) for consecutive output elements of [first, last); within
// a run the inputs advance by the strides of the innermost axis.
template <typename Visit>
void ForEachRun(const StridedWalk& walk, int64_t first, int64_t last, Visit visit) {
  const int32_t inner = walk.rank - 1;
  int64_t index[kMaxRank];
  int64_t rest = first;
  for (int32_t axis = inner; axis >= 0; --axis) {
    index[axis] = rest % walk.extent[axis];
    rest /= walk.extent[axis];
  }
  int64_t a = walk.offset[0];
  int64_t b = walk.offset[1];
  for (int32_t axis = 0; axis < inner; ++axis) {
    a += index[axis] * walk.stride[0][axis];
    b += index[axis] * walk.stride[1][axis];
  }
  int64_t column = index[inner];
  for (int64_t position = first; position < last;) {
    const int64_t count = std::min(walk.extent[inner] - column, last - position);
    visit(position, a + column * walk.stride[0][inner], b + column * walk.stride[1][inner], count);
    position += count;
    column = 0;
    for (int32_t axis = inner - 1; axis >= 0; --axis) {
      a += walk.stride[0][axis];
      b += walk.stride[1][axis];
      if (++index[axis] < walk.extent[axis]) break;
      a -= walk.extent[axis] * walk.stride[0][axis];
      b -= walk.extent[axis] * walk.stride[1][axis];
      index[axis] = 0;
    }
  }
}

}  // namespace lockstep::kernels
