#include "dump/values.h"

#include <cstring>

#include "dump/stored_values.h"

namespace lockstep::dump {
namespace {

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

void StoredReals(const DumpLayer& layer, const uint8_t* bytes, int64_t first, size_t count, float* reals) {
  WithType(layer.dtype, [&](auto type) {
    using T = decltype(type);
    constexpr bool kNarrow = std::is_integral_v<T> && sizeof(T) <= 2;
    if constexpr (kNarrow) {  // the same in 32 bits, several at a time
      constexpr int64_t kMost = 1 << 24;
      if (layer.channel_scales.empty() && layer.zero_point > -kMost && layer.zero_point < kMost) {
        const auto scale = static_cast<float>(layer.scale);
        const auto zero_point = static_cast<int32_t>(layer.zero_point);
        for (size_t i = 0; i < count; ++i) {
          reals[i] = scale * static_cast<float>(int32_t{Load<T>(bytes, static_cast<int64_t>(i))} - zero_point);
        }
        return;
      }
    }
    for (size_t i = 0; i < count; ++i) {
      const auto at = static_cast<int64_t>(i);
      reals[i] = static_cast<float>(Real(layer, Load<T>(bytes, at), first + at));
    }
  });
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
