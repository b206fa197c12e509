// Coordinates of a tensor in memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>

#include "engine/reference/layer_run.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {

inline constexpr size_t kMaxRank = 6;
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
  const size_t size = ElementSize(run.y().dtype());
  const Extents in(run.x());
  ForEachElement(Extents(run.y()), [&](size_t i, const Coordinates& at) {
    std::memcpy(run.outputs[0].data + i * size, run.inputs[0].data + in.IndexOf(source(at)) * size, size);
  });
}

}  // namespace lockstep::engine
