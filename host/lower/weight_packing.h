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

// [group][ceil(oc/16)][kh][kw][ic][16 oc]. Places without a weight are 0.
std::vector<float> PackO16(const std::vector<float>& weights, const WeightShape& shape);

// int8_t and float: [kh][kw][c] for a convolution with one input channel in each of c groups.
template <typename Weight>
std::vector<Weight> PackDepthwise(const std::vector<Weight>& weights, const WeightShape& shape);

// As they lie in a file.
std::vector<uint8_t> ToBytes(const std::vector<int8_t>& weights);
std::vector<uint8_t> ToBytes(const std::vector<float>& weights);

// int8_t and float: the same weights with height and width exchanged; kh and kw of `shape` are those before.
template <typename Weight>
std::vector<Weight> SwapSpatial(const std::vector<Weight>& weights, const WeightShape& shape);

}  // namespace lockstep::lower
