// Convolution weights in the order in which the kernels read them (docs/model-format.md).
#pragma once

#include <cstdint>
#include <vector>

namespace lockstep::lower {

// Weights in ONNX order (oc, ic/group, kh, kw).
struct WeightShape {
  int64_t oc = 1;
  int64_t ic = 1;  // of a group
  int64_t kh = 1;
  int64_t kw = 1;
  int64_t groups = 1;
  int64_t dilation_w = 1;
};

// [group][ceil(oc/16)][kh][ceil(kw*ic/4)][16 oc][4 of kw*ic]; with a horizontal dilation every (ky, kx) is a segment of
// its own. Places without a weight are 0.
std::vector<int8_t> PackO16I4(const std::vector<int8_t>& weights, const WeightShape& shape);

// [kh][kw][c] for a convolution with one input channel in each of c groups.
std::vector<int8_t> PackDepthwise(const std::vector<int8_t>& weights, const WeightShape& shape);

// The same weights with height and width exchanged; kh and kw of `shape` are those before.
std::vector<int8_t> SwapSpatial(const std::vector<int8_t>& weights, const WeightShape& shape);

}  // namespace lockstep::lower
