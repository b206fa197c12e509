#include "dump/values.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "graph/error.h"

namespace lockstep::dump {
namespace {

template <typename T>
T Load(const uint8_t* bytes, int64_t index) {
  T value;
  std::memcpy(&value, bytes + static_cast<size_t>(index) * sizeof(T), sizeof(T));
  return value;
}

// Calls `visit` with the C++ type that a dtype name stands for.
template <typename Visit>
void WithType(const std::string& dtype, const Visit& visit) {
  if (dtype == "u8") return visit(uint8_t{});
  if (dtype == "u16") return visit(uint16_t{});
  if (dtype == "s8") return visit(int8_t{});
  if (dtype == "s16") return visit(int16_t{});
  if (dtype == "s32") return visit(int32_t{});
  if (dtype == "s64") return visit(int64_t{});
  if (dtype == "f32") return visit(float{});
  if (dtype == "bool") return visit(uint8_t{});
  throw BadInput("the element type \"" + dtype + "\" of a dump is unknown");
}

// `index` in physical order.
double ScaleAt(const DumpLayer& layer, int64_t index) {
  if (layer.channel_scales.empty()) return layer.scale;
  return layer.channel_scales[static_cast<size_t>(index) % layer.channel_scales.size()];
}

template <typename T>
double Real(const DumpLayer& layer, T stored, int64_t index) {
  if constexpr (std::is_same_v<T, float>) {
    return static_cast<double>(stored);
  } else {
    // As Dequantize of the arithmetic contract: one float32 multiplication.
    return static_cast<double>(static_cast<float>(ScaleAt(layer, index)) *
                               static_cast<float>(static_cast<int64_t>(stored) - layer.zero_point));
  }
}

// Strides in the ONNX-ordered tensor for each physical axis.
std::vector<int64_t> OnnxStrides(const std::vector<int64_t>& onnx_shape, const std::vector<int>& axes) {
  std::vector<int64_t> strides(onnx_shape.size(), 1);
  for (size_t i = onnx_shape.size(); i-- > 1;) strides[i - 1] = strides[i] * onnx_shape[i];
  if (axes.empty()) return strides;
  std::vector<int64_t> physical(axes.size());
  for (size_t i = 0; i < axes.size(); ++i) physical[i] = strides[static_cast<size_t>(axes[i])];
  return physical;
}

// Calls visit(physical index, ONNX index) for every element, in physical order.
template <typename Visit>
void ForEachElement(const std::vector<int64_t>& physical_shape, const std::vector<int64_t>& strides,
                    const Visit& visit) {
  const int64_t elements = graph::ElementCount(physical_shape);
  std::vector<int64_t> at(physical_shape.size(), 0);
  int64_t onnx = 0;
  for (int64_t i = 0; i < elements; ++i) {
    visit(i, onnx);
    for (size_t axis = at.size(); axis-- > 0;) {
      onnx += strides[axis];
      if (++at[axis] < physical_shape[axis]) break;
      onnx -= strides[axis] * physical_shape[axis];
      at[axis] = 0;
    }
  }
}

std::vector<int64_t> Coordinates(const std::vector<int64_t>& shape, int64_t index) {
  std::vector<int64_t> at(shape.size(), 0);
  for (size_t axis = shape.size(); axis-- > 0;) {
    at[axis] = index % shape[axis];
    index /= shape[axis];
  }
  return at;
}

double Distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0.0;
  const double distance = std::abs(a - b);
  return std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance;
}

}  // namespace

analyze::Steps DumpLayer::Steps() const {
  if (channel_scales.empty()) return {{scale}, 1};
  analyze::Steps steps{channel_scales, 1};
  const std::vector<int64_t> shape_onnx = OnnxShape(*this);
  const size_t axis = axes.empty() ? shape.size() - 1 : static_cast<size_t>(axes.back());
  for (size_t i = axis + 1; i < shape_onnx.size(); ++i) steps.inner *= static_cast<size_t>(shape_onnx[i]);
  return steps;
}

std::vector<int64_t> OnnxShape(const DumpLayer& layer) {
  if (layer.axes.empty()) return layer.shape;
  std::vector<int64_t> shape(layer.shape.size());
  for (size_t i = 0; i < shape.size(); ++i) shape[static_cast<size_t>(layer.axes[i])] = layer.shape[i];
  return shape;
}

std::vector<float> RealValues(const DumpLayer& layer, const std::vector<uint8_t>& bytes) {
  std::vector<float> values(static_cast<size_t>(layer.Elements()));
  const std::vector<int64_t> strides = OnnxStrides(OnnxShape(layer), layer.axes);
  WithType(layer.dtype, [&](auto type) {
    ForEachElement(layer.shape, strides, [&](int64_t physical, int64_t onnx) {
      values[static_cast<size_t>(onnx)] =
          static_cast<float>(Real(layer, Load<decltype(type)>(bytes.data(), physical), physical));
    });
  });
  return values;
}

std::vector<int64_t> Integers(const DumpLayer& layer, const std::vector<uint8_t>& bytes) {
  std::vector<int64_t> values(static_cast<size_t>(layer.Elements()));
  const std::vector<int64_t> strides = OnnxStrides(OnnxShape(layer), layer.axes);
  WithType(layer.dtype, [&](auto type) {
    ForEachElement(layer.shape, strides, [&](int64_t physical, int64_t onnx) {
      values[static_cast<size_t>(onnx)] = static_cast<int64_t>(Load<decltype(type)>(bytes.data(), physical));
    });
  });
  return values;
}

ElementComparison CompareElements(const DumpLayer& layer, const std::vector<uint8_t>& expected,
                                  const std::vector<uint8_t>& actual, const Tolerance& tolerance) {
  ElementComparison result;
  result.elements = layer.Elements();
  if (expected == actual) return result;
  WithType(layer.dtype, [&](auto type) {
    using T = decltype(type);
    for (int64_t i = 0; i < result.elements; ++i) {
      const size_t offset = static_cast<size_t>(i) * sizeof(T);
      if (std::memcmp(expected.data() + offset, actual.data() + offset, sizeof(T)) == 0) continue;
      const T want = Load<T>(expected.data(), i);
      const T got = Load<T>(actual.data(), i);
      const double want_real = Real(layer, want, i);
      const double got_real = Real(layer, got, i);
      const double distance = Distance(want_real, got_real);
      ++result.differing;
      if (!(distance <= tolerance.atol + tolerance.rtol * std::abs(want_real))) ++result.beyond;
      result.max_abs = std::max(result.max_abs, distance);
      if constexpr (!std::is_same_v<T, float>) {
        result.max_steps = std::max(result.max_steps, Distance(static_cast<double>(want), static_cast<double>(got)));
      }
      if (result.first) continue;
      ElementDifference& first = result.first.emplace();
      first.coordinates = Coordinates(layer.shape, i);
      first.onnx_coordinates = first.coordinates;
      for (size_t axis = 0; axis < layer.axes.size(); ++axis) {
        first.onnx_coordinates[static_cast<size_t>(layer.axes[axis])] = first.coordinates[axis];
      }
      first.expected = want_real;
      first.actual = got_real;
      if constexpr (!std::is_same_v<T, float>) {
        first.expected_stored = static_cast<int64_t>(want);
        first.actual_stored = static_cast<int64_t>(got);
      }
    }
  });
  return result;
}

std::vector<float> ToPhysical(const std::vector<int64_t>& onnx_shape, const std::vector<int>& axes, const float* data) {
  std::vector<int64_t> physical_shape = onnx_shape;
  for (size_t i = 0; i < axes.size(); ++i) physical_shape[i] = onnx_shape[static_cast<size_t>(axes[i])];
  std::vector<float> values(static_cast<size_t>(graph::ElementCount(onnx_shape)));
  ForEachElement(physical_shape, OnnxStrides(onnx_shape, axes),
                 [&](int64_t physical, int64_t onnx) { values[static_cast<size_t>(physical)] = data[onnx]; });
  return values;
}

std::vector<uint8_t> ToPhysical(const std::vector<int64_t>& onnx_shape, const std::vector<int>& axes,
                                const uint8_t* data, size_t element_bytes) {
  std::vector<int64_t> physical_shape = onnx_shape;
  for (size_t i = 0; i < axes.size(); ++i) physical_shape[i] = onnx_shape[static_cast<size_t>(axes[i])];
  std::vector<uint8_t> bytes(static_cast<size_t>(graph::ElementCount(onnx_shape)) * element_bytes);
  ForEachElement(physical_shape, OnnxStrides(onnx_shape, axes), [&](int64_t physical, int64_t onnx) {
    std::memcpy(bytes.data() + static_cast<size_t>(physical) * element_bytes,
                data + static_cast<size_t>(onnx) * element_bytes, element_bytes);
  });
  return bytes;
}

std::vector<uint8_t> ToOnnxOrder(const DumpLayer& layer, const std::vector<uint8_t>& bytes) {
  const size_t element_bytes = DTypeBytes(layer.dtype);
  std::vector<uint8_t> ordered(bytes.size());
  ForEachElement(layer.shape, OnnxStrides(OnnxShape(layer), layer.axes), [&](int64_t physical, int64_t onnx) {
    std::memcpy(ordered.data() + static_cast<size_t>(onnx) * element_bytes,
                bytes.data() + static_cast<size_t>(physical) * element_bytes, element_bytes);
  });
  return ordered;
}

}  // namespace lockstep::dump
