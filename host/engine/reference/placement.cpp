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

// Of a tensor in memory: the last axis runs fastest, and a row is what lies along it.
class Extents {
 public:
  explicit Extents(const joint::Tensor& tensor) : rank_(tensor.shape()->size()) {
    for (size_t axis = 0; axis < rank_; ++axis) extents_[axis] = tensor.shape()->Get(axis);
    for (size_t axis = 0; axis + 1 < rank_; ++axis) rows_ *= extents_[axis];
  }

  size_t rows() const { return rows_; }
  size_t last_axis() const { return rank_ == 0 ? 0 : rank_ - 1; }
  size_t row_length() const { return rank_ == 0 ? 1 : extents_[rank_ - 1]; }

  Coordinates FirstOfRow(size_t row) const {
    Coordinates coordinates = {};
    for (size_t axis = last_axis(); axis-- > 0;) {
      coordinates[axis] = row % extents_[axis];
      row /= extents_[axis];
    }
    return coordinates;
  }

  size_t IndexOf(const Coordinates& coordinates) const {
    size_t index = 0;
    for (size_t axis = 0; axis < rank_; ++axis) index = index * extents_[axis] + coordinates[axis];
    return index;
  }

 private:
  size_t rank_;
  size_t rows_ = 1;
  Coordinates extents_ = {};
};

// Calls visit(index, coordinates) for the first element of every row, rows side by side in threads.
template <typename Visit>
void ForEachRow(const Extents& tensor, const Visit& visit) {
#pragma omp parallel for if (tensor.rows() * tensor.row_length() > kSerialElements)
  for (size_t row = 0; row < tensor.rows(); ++row) visit(row * tensor.row_length(), tensor.FirstOfRow(row));
}

template <typename Visit>
void ForEachElement(const Extents& tensor, const Visit& visit) {
  ForEachRow(tensor, [&](size_t first, Coordinates at) {
    for (size_t i = 0; i < tensor.row_length(); ++i) {
      at[tensor.last_axis()] = i;
      visit(first + i, at);
    }
  });
}

// Copies one element of the input to each element of the output; `source` maps the coordinates.
template <typename Source>
void CopyElements(const LayerRun& run, const Source& source) {
  const size_t size = ElementSize(run.output->dtype());
  const Extents in(*run.inputs[0].tensor);
  ForEachElement(Extents(*run.output), [&](size_t i, const Coordinates& at) {
    std::memcpy(run.result + i * size, run.inputs[0].data + in.IndexOf(source(at)) * size, size);
  });
}

void Slice(const LayerRun& run, const joint::Slice& slice) {
  const size_t size = ElementSize(run.output->dtype());
  const Extents in(*run.inputs[0].tensor);
  const Extents out(*run.output);
  const size_t step = slice.step()->Get(static_cast<uint32_t>(out.last_axis()));
  ForEachRow(out, [&](size_t first, Coordinates at) {
    for (size_t axis = 0; axis < slice.start()->size(); ++axis) {
      at[axis] = slice.start()->Get(axis) + at[axis] * slice.step()->Get(axis);
    }
    const size_t from = in.IndexOf(at);
    for (size_t i = 0; i < out.row_length(); ++i) {
      std::memcpy(run.result + (first + i) * size, run.inputs[0].data + (from + i * step) * size, size);
    }
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
  const joint::Tensor& tensor = *run.inputs[0].tensor;
  const Extents in(tensor);
  const std::vector<int32_t> x = ReadIntegers(tensor.dtype(), run.inputs[0].data, ElementCount(tensor));
  const int32_t height = tensor.shape()->Get(1);
  const int32_t width = tensor.shape()->Get(2);
  std::vector<int32_t> y(ElementCount(*run.output));
  ForEachElement(Extents(*run.output), [&](size_t i, const Coordinates& at) {
    int32_t max = 0;
    for (int32_t ky = 0; ky < pool.kernel_h(); ++ky) {
      for (int32_t kx = 0; kx < pool.kernel_w(); ++kx) {
        const int32_t iy = static_cast<int32_t>(at[1]) * pool.stride_h() - pool.pad_top() + ky;
        const int32_t ix = static_cast<int32_t>(at[2]) * pool.stride_w() - pool.pad_left() + kx;
        if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
        max = std::max(max, x[in.IndexOf({at[0], static_cast<size_t>(iy), static_cast<size_t>(ix), at[3]})]);
      }
    }
    y[i] = max;
  });
  WriteIntegers(y, run.output->dtype(), run.result);
}

void Concat(const LayerRun& run, const joint::Concat& concat) {
  const joint::Tensor& out = *run.output;
  const Extents out_extents(out);
  const auto axis = static_cast<size_t>(concat.axis());
  std::vector<int32_t> y(ElementCount(out));
  size_t begin = 0;  // of the input's part of the axis
  for (size_t input = 0; input < run.inputs.size(); ++input) {
    const joint::Tensor& in = *run.inputs[input].tensor;
    const std::vector<int32_t> x = ReadIntegers(in.dtype(), run.inputs[input].data, ElementCount(in));
    const int32_t zero_point = ZeroPoint(in);
    const float scale = Scale(in);
    const int32_t multiplier = out.dtype() == joint::DType::F32 ? 0 : concat.multiplier()->Get(input);
    const int32_t shift = multiplier == 0 ? 0 : concat.shift()->Get(input);
    const Extents extents(in);
    ForEachRow(extents, [&](size_t first, Coordinates at) {
      at[axis] += begin;
      const size_t place = out_extents.IndexOf(at);
      for (size_t i = 0; i < extents.row_length(); ++i) {
        const int32_t difference = x[first + i] - zero_point;
        if (out.dtype() == joint::DType::F32) {
          const float value = scale * static_cast<float>(difference);
          std::memcpy(run.result + (place + i) * sizeof(value), &value, sizeof(value));
        } else if (multiplier == 0) {
          y[place + i] = x[first + i];
        } else {
          const int64_t scaled = rq1::Requantize(difference, multiplier, shift);
          y[place + i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(out) + scaled, 0, TypeHigh(out.dtype())));
        }
      }
    });
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
