// What the float kernels share: elements of F32 tensors. Their results are stored with one NaN (f1::Store); loops
// run over outputs side by side, never along a sum.
#pragma once

#include "arithmetic/f1.h"
#include "ops/layer_args.h"

namespace lockstep::kernels {

inline const float* Floats(const TensorView& view) { return reinterpret_cast<const float*>(view.data); }
// The sum of term(0) .. term(count - 1) in lanes.
template <typename Term>
float SumInLanes(int64_t count, Term term) {
  float lanes[f1::kSumLanes] = {};
  int64_t i = 0;
  for (; i + f1::kSumLanes <= count; i += f1::kSumLanes) {
    for (int64_t lane = 0; lane < f1::kSumLanes; ++lane) lanes[lane] += term(i + lane);
  }
  for (int64_t lane = 0; i + lane < count; ++lane) lanes[lane] += term(i + lane);
  return f1::SumOfLanes(lanes);
}

inline float* MutableFloats(const TensorView& view) { return reinterpret_cast<float*>(view.data); }

}  // namespace lockstep::kernels
