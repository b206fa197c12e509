// y = scale * float(x - zero_point): Dequantize, and the inputs of a Concat with a float output.
#pragma once

#include "ops/common/elements.h"

namespace lockstep::kernels {

void DequantizeRun(const TensorView& input, int64_t from, float* to, int64_t count);

}  // namespace lockstep::kernels
