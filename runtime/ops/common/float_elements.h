// What the float kernels share: elements of F32 tensors. Their results are stored with one NaN (f1::Store); loops
// run over outputs side by side, never along a sum.
#pragma once

#include "arithmetic/f1.h"
#include "ops/layer_args.h"

namespace lockstep::kernels {

inline const float* Floats(const TensorView& view) { return reinterpret_cast<const float*>(view.data); }
inline float* MutableFloats(const TensorView& view) { return reinterpret_cast<float*>(view.data); }

}  // namespace lockstep::kernels
