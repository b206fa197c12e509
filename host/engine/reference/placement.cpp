// Operators that choose and place elements: MaxPool, Concat, Slice, Reshape, Transpose, Resize.
#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"
#include "lockstep/arithmetic.h"

namespace lockstep::engine {
namespace {

constexpr size_t kMaxRank = 6;
using Coordinates = std::array<size_t, kMaxRank>;  // the first rank entries count

Coordinates CoordinatesOf(size_t index, const joint::Tensor& tensor) {
  Coordinates coordinates = {};
  for (size_t axis = tensor.shape()->size(); axis-- > 0;) {
    coordinates[axis] = index % tensor.shape()->Get(axis);
    index /= tensor.shape()->Get(axis);
  }
  return coordinates;
}

size_t IndexOf(const Coordinates& coordinates, const joint::Tensor& tensor) {
  size_t index = 0;
  for (size_t axis = 0; axis < tensor.shape()->size(); ++axis) {
    index = index * tensor.shape()->Get(axis) + coordinates[axis];
  }
  return index;
}

// Copies one element of the input to each element of the output; `source` maps the coordinates.
template <typename Source>
void CopyElements(const LayerRun& run, const Source& source) {
  const size_t size = ElementSize(run.output->dtype());
  const auto count = static_cast<size_t>(ElementCount(*run.output));
#pragma omp parallel for if (count > kSerialElements)
  for (size_t i = 0; i < count; ++i) {
    const size_t from = IndexOf(source(CoordinatesOf(i, *run.output)), *run.inputs[0].tensor);
    std::memcpy(run.result + i * size, run.inputs[0].data + from * size, size);
  }
}

void Slice(const LayerRun& run, const joint::Slice& slice) {
  CopyElements(run, [&](Coordinates at) {
    for (size_t axis = 0; axis < slice.start()->size(); ++axis)
      at[axis] = slice.start()->Get(axis) + at[axis] * slice.step()->Get(axis);
    return at;
  });
}

void Transpose(const LayerRun& run, const joint::Transpose& transpose) {
  CopyElements(run, [&](const Coordinates& at) {
    Coordinates from = {};
    for (uint32_t axis = 0; axis < transpose.perm()->size(); ++axis) from[transpose.perm()->Get(axis)] = at[axis];
    return from;
  });
}

void Resize(const LayerRun& run, const joint::Resize& resize) {
  CopyElements(run, [&](const Coordinates& at) {
    return Coordinates{at[0], static_cast<size_t>(resize.rows()->Get(at[1])),
                       static_cast<size_t>(resize.columns()->Get(at[2])), at[3]};
  });
}

void MaxPool(const LayerRun& run, const joint::MaxPool& pool) {
  const joint::Tensor& in = *run.inputs[0].tensor;
  const std::vector<int32_t> x = ReadIntegers(in.dtype(), run.inputs[0].data, ElementCount(in));
  const int32_t height = in.shape()->Get(1);
  const int32_t width = in.shape()->Get(2);
  std::vector<int32_t> y(ElementCount(*run.output));
#pragma omp parallel for if (y.size() > kSerialElements)
  for (size_t i = 0; i < y.size(); ++i) {
    const Coordinates at = CoordinatesOf(i, *run.output);
    int32_t max = 0;
    for (int32_t ky = 0; ky < pool.kernel_h(); ++ky) {
      for (int32_t kx = 0; kx < pool.kernel_w(); ++kx) {
        const int32_t iy = static_cast<int32_t>(at[1]) * pool.stride_h() - pool.pad_top() + ky;
        const int32_t ix = static_cast<int32_t>(at[2]) * pool.stride_w() - pool.pad_left() + kx;
        if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
        max = std::max(max, x[IndexOf({at[0], static_cast<size_t>(iy), static_cast<size_t>(ix), at[3]}, in)]);
      }
    }
    y[i] = max;
  }
  WriteIntegers(y, run.output->dtype(), run.result);
}

void Concat(const LayerRun& run, const joint::Concat& concat) {
  const joint::Tensor& out = *run.output;
  const auto axis = static_cast<size_t>(concat.axis());
  std::vector<int32_t> y(ElementCount(out));
  size_t begin = 0;  // of the input's part of the axis
  for (size_t input = 0; input < run.inputs.size(); ++input) {
    const joint::Tensor& in = *run.inputs[input].tensor;
    const std::vector<int32_t> x = ReadIntegers(in.dtype(), run.inputs[input].data, ElementCount(in));
#pragma omp parallel for if (x.size() > kSerialElements)
    for (size_t i = 0; i < x.size(); ++i) {
      Coordinates at = CoordinatesOf(i, in);
      at[axis] += begin;
      const size_t place = IndexOf(at, out);
      const int32_t difference = x[i] - ZeroPoint(in);
      if (out.dtype() == joint::DType::F32) {
        const float value = Scale(in) * static_cast<float>(difference);
        std::memcpy(run.result + place * sizeof(value), &value, sizeof(value));
      } else if (concat.multiplier()->Get(input) == 0) {
        y[place] = x[i];
      } else {
        const int64_t scaled = rq1::Requantize(difference, concat.multiplier()->Get(input), concat.shift()->Get(input));
        y[place] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(out) + scaled, 0, TypeHigh(out.dtype())));
      }
    }
    begin += in.shape()->Get(axis);
  }
  if (out.dtype() != joint::DType::F32) WriteIntegers(y, out.dtype(), run.result);
}

}  // namespace

void RunPlacement(const LayerRun& run) {
  const joint::Layer& layer = *run.layer;
  switch (layer.options_type()) {
    case joint::Options::MaxPool:
      return MaxPool(run, *layer.options_as_MaxPool());
    case joint::Options::Concat:
      return Concat(run, *layer.options_as_Concat());
    case joint::Options::Slice:
      return Slice(run, *layer.options_as_Slice());
    case joint::Options::Reshape:
      std::memcpy(run.result, run.inputs[0].data, run.output->bytes());
      return;
    case joint::Options::Transpose:
      return Transpose(run, *layer.options_as_Transpose());
    case joint::Options::Resize:
      return Resize(run, *layer.options_as_Resize());
    default:
      throw std::logic_error("layer '" + layer.name()->str() + "' does not place elements");
  }
}

}  // namespace lockstep::engine
