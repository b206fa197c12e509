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

// A weight of more than 8 bits as two bytes within +-127: w = kHighBase * high + low. One of 8 bits or less is its low
// byte.
inline constexpr int32_t kHighBase = 255;
struct WeightBytes {
  int32_t high = 0;
  int32_t low = 0;
};
WeightBytes BytesOf(int16_t weight, bool wide);

// The packed bytes of all weights, high ones first.
struct PackedWeights {
  std::vector<int8_t> high;  // of weights of more than 8 bits
  std::vector<int8_t> low;

  // Appends the packing O16I4 of these.
  void Append(const std::vector<int16_t>& weights, const WeightShape& shape, bool wide);
  std::vector<uint8_t> Bytes() const;
};

// [group][ceil(oc/16)][kh][kw][ic][16 oc]. Places without a weight are 0.
std::vector<float> PackO16(const std::vector<float>& weights, const WeightShape& shape);

// int16_t and float: [kh][kw][c] for a convolution with one input channel in each of c groups.
template <typename Weight>
std::vector<Weight> PackDepthwise(const std::vector<Weight>& weights, const WeightShape& shape);

// As they lie in a file.
std::vector<uint8_t> ToBytes(const std::vector<int16_t>& weights, bool wide);  // of one or two bytes
std::vector<uint8_t> ToBytes(const std::vector<float>& weights);

// int16_t and float: the same weights with height and width exchanged; kh and kw of `shape` are those before.
template <typename Weight>
std::vector<Weight> SwapSpatial(const std::vector<Weight>& weights, const WeightShape& shape);

}  // namespace lockstep::lower
