// Where the elements of a tensor lie that is within another's memory, for whoever reads or writes Tensor.strides.
//
// A tensor is *rows* along its last axis. A row is contiguous, and from one row to the next it is always the same
// number of elements, the *pitch*: the length of a row in a dense tensor, more in a strided one.
#pragma once

#include <cstdint>

#include "joint_elements.h"

namespace lockstep::joint {

// Elements from one index of each axis to the next.
inline void StridesOf(const int32_t* shape, int32_t rank, int64_t pitch, int64_t* strides) {
  int64_t step = 1;
  for (int32_t axis = rank - 1; axis >= 0; --axis) {
    strides[axis] = step;
    step = axis == rank - 1 ? pitch : step * shape[axis];
  }
}

// Elements from one row to the next. Needs a checked tensor.
inline int64_t PitchOf(const Tensor& tensor) {
  const auto rank = tensor.shape()->size();
  return tensor.strides() != nullptr ? tensor.strides()->Get(rank - 2) : tensor.shape()->Get(rank - 1);
}

struct PartPlace {
  bool exists = false;  // else the part's elements are not rows with one pitch
  int64_t offset = 0;   // in elements, from the whole's first
  int64_t pitch = 0;
};

// Where the part of a tensor lies that begins at index `start` of each axis and takes every `step`th one.
inline PartPlace PlaceOfPart(const int32_t* whole_shape, int64_t whole_pitch, const int32_t* part_shape, int32_t rank,
                             const int32_t* start, const int32_t* step) {
  constexpr int32_t kRanks = 8;  // no fewer than a reader takes
  PartPlace place;
  if (rank > kRanks) return place;
  int64_t strides[kRanks];
  StridesOf(whole_shape, rank, whole_pitch, strides);
  for (int32_t axis = 0; axis < rank; ++axis) {
    place.offset += strides[axis] * start[axis];
    strides[axis] *= step[axis];
  }
  const int32_t last = rank - 1;
  if (part_shape[last] > 1 && strides[last] != 1) return place;
  place.pitch = part_shape[last];
  int64_t rows = 1;  // within one index of the axis
  for (int32_t axis = last - 1; axis >= 0; --axis) {
    if (part_shape[axis] == 1) continue;
    if (rows == 1) place.pitch = strides[axis];
    if (strides[axis] != place.pitch * rows) return place;
    rows *= part_shape[axis];
  }
  place.exists = true;
  return place;
}

}  // namespace lockstep::joint
