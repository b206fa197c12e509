// The shared loop of Add and Mul in floats, broadcasts included.
#pragma once

#include "ops/common/binary_elements.h"
#include "ops/common/elements.h"
#include "ops/common/float_elements.h"

namespace lockstep::kernels {

// y[i] = combine(a[i * stride_a], b[i * stride_b]) for strides 0, 1 and others.
template <typename Combine>
void CombineRun(const float* a, int64_t stride_a, const float* b, int64_t stride_b, float* __restrict y, int64_t count,
                Combine combine) {
  if (stride_a == 1 && stride_b == 1) {
    for (int64_t i = 0; i < count; ++i) f1::Store(y + i, combine(a[i], b[i]));
  } else if (stride_a == 1 && stride_b == 0) {
    const float right = *b;
    for (int64_t i = 0; i < count; ++i) f1::Store(y + i, combine(a[i], right));
  } else {
    for (int64_t i = 0; i < count; ++i) f1::Store(y + i, combine(a[i * stride_a], b[i * stride_b]));
  }
}

template <typename Combine>
void RunBinaryFloats(const LayerArgs& args, int64_t begin, int64_t end, Combine combine) {
  const StridedWalk walk = BroadcastWalk(args);
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  const int64_t stride_a = walk.stride[0][walk.rank - 1];
  const int64_t stride_b = walk.stride[1][walk.rank - 1];
  ForEachRun(walk, range.first, range.last, [&](int64_t place, int64_t a, int64_t b, int64_t count) {
    CombineRun(Floats(args.inputs[0]) + a, stride_a, Floats(args.inputs[1]) + b, stride_b,
               MutableFloats(args.outputs[0]) + place, count, combine);
  });
}

}  // namespace lockstep::kernels
