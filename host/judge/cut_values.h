// Values of the float network as a tensor can hold them whose range is cut on purpose.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "quantize/tensor_format.h"

namespace lockstep::judge {

// What lies beyond the outermost levels is put at them. Of a tensor that only functions with flat ends read
// (analyze/saturation.h) this is what its values are to be compared with: what they differ by beyond, nobody sees.
// `values` in ONNX order.
std::vector<float> CutToLevels(const quantize::TensorFormat& levels, const graph::Shape& shape,
                               std::vector<float> values);

}  // namespace lockstep::judge
