// The elements of a dumped tensor as numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "dump/dump.h"

namespace lockstep::dump {

// Real values (scale * (q - zero_point), or the floats themselves) in ONNX order, row major.
std::vector<float> RealValues(const DumpLayer& layer, const std::vector<uint8_t>& bytes);

// `count` of them in the order of the file, from element `first` on, whose bytes begin at `bytes`.
void StoredReals(const DumpLayer& layer, const uint8_t* bytes, int64_t first, size_t count, float* reals);

// The stored integers in ONNX order; the layer is not f32.
std::vector<int64_t> Integers(const DumpLayer& layer, const std::vector<uint8_t>& bytes);

// `shape` in ONNX order.
std::vector<int64_t> OnnxShape(const DumpLayer& layer);

// The floats of an ONNX-ordered tensor in the physical order that `axes` describes.
std::vector<float> ToPhysical(const std::vector<int64_t>& onnx_shape, const std::vector<int>& axes, const float* data);
// The same of elements of any type, and back.
std::vector<uint8_t> ToPhysical(const std::vector<int64_t>& onnx_shape, const std::vector<int>& axes,
                                const uint8_t* data, size_t element_bytes);
std::vector<uint8_t> ToOnnxOrder(const DumpLayer& layer, const std::vector<uint8_t>& bytes);

}  // namespace lockstep::dump
