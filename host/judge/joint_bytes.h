// Floats as the bytes of a joint model's tensor.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"
#include "joint_generated.h"

namespace lockstep::judge {

// Values in ONNX order, rounded to the tensor's levels, in its order. A NaN becomes the zero point. Empty for a tensor
// that holds no real numbers.
std::vector<uint8_t> JointBytes(const joint::Tensor& tensor, const graph::Shape& shape, const float* values);

}  // namespace lockstep::judge
