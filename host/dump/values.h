// The elements of a dumped tensor as numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dump/dump.h"

namespace lockstep::dump {

// Real values (scale * (q - zero_point), or the floats themselves) in ONNX order, row major.
std::vector<float> RealValues(const DumpLayer& layer, const std::vector<uint8_t>& bytes);

// The stored integers in ONNX order; the layer is not f32.
std::vector<int64_t> Integers(const DumpLayer& layer, const std::vector<uint8_t>& bytes);

// `shape` in ONNX order.
std::vector<int64_t> OnnxShape(const DumpLayer& layer);

struct ElementDifference {
  std::vector<int64_t> coordinates;       // physical order, as in the file
  std::vector<int64_t> onnx_coordinates;  // ONNX order
  double expected = 0.0;                  // real values
  double actual = 0.0;
  std::optional<int64_t> expected_stored;  // the stored integers; absent for f32
  std::optional<int64_t> actual_stored;
};

// A pair is within it if |actual - expected| <= atol + rtol * |expected|, in real units.
struct Tolerance {
  double atol = 0.0;
  double rtol = 0.0;
};

struct ElementComparison {
  int64_t elements = 0;
  int64_t differing = 0;   // elements whose bytes differ
  int64_t beyond = 0;      // of these, the ones beyond the tolerance
  double max_abs = 0.0;    // in real units; infinite if a NaN stands against a number
  double max_steps = 0.0;  // in steps of the scale; 0 for f32
  std::optional<ElementDifference> first;
};

// Both have the layout that `layer` describes.
ElementComparison CompareElements(const DumpLayer& layer, const std::vector<uint8_t>& expected,
                                  const std::vector<uint8_t>& actual, const Tolerance& tolerance = {});

// The floats of an ONNX-ordered tensor in the physical order that `axes` describes.
std::vector<float> ToPhysical(const std::vector<int64_t>& onnx_shape, const std::vector<int>& axes, const float* data);
// The same of elements of any type, and back.
std::vector<uint8_t> ToPhysical(const std::vector<int64_t>& onnx_shape, const std::vector<int>& axes,
                                const uint8_t* data, size_t element_bytes);
std::vector<uint8_t> ToOnnxOrder(const DumpLayer& layer, const std::vector<uint8_t>& bytes);

}  // namespace lockstep::dump
