// What the operators that work element by element share: how their elements are cut into units, the limits of element
// types, and access to elements of either activation type.
#pragma once

#include <algorithm>
#include <cstdint>

#include "joint_elements.h"
#include "ops/layer_args.h"

namespace lockstep::kernels {

inline constexpr int64_t kElementsPerUnit = 4096;

constexpr int64_t ElementUnits(int64_t elements) {
  return std::max<int64_t>(1, (elements + kElementsPerUnit - 1) / kElementsPerUnit);
}

struct ElementRange {
  int64_t first, last;
};

inline ElementRange ElementsOf(const TensorView& output, int64_t begin, int64_t end) {
  return {begin * kElementsPerUnit, std::min(end * kElementsPerUnit, output.elements)};
}

// For an operator whose output has its input's shape: visit(place in the input, place in the output, count) for
// stretches of elements that lie side by side in both.
template <typename Visit>
void ForEachStretch(const TensorView& input, const TensorView& output, ElementRange range, Visit visit) {
  if (!IsStrided(input) && !IsStrided(output)) {
    visit(range.first, range.first, range.last - range.first);
    return;
  }
  const int64_t length = RowLength(output);
  for (int64_t position = range.first; position < range.last;) {
    const int64_t row = position / length;
    const int64_t column = position % length;
    const int64_t count = std::min(length - column, range.last - position);
    visit(row * input.pitch + column, row * output.pitch + column, count);
    position += count;
  }
}

constexpr int32_t TypeLimit(joint::DType dtype) { return dtype == joint::DType::U16 ? 0xffff : 0xff; }

// Calls body with a null pointer of the activation type, as a tag.
template <typename Body>
void WithActivationType(joint::DType dtype, Body body) {
  if (dtype == joint::DType::U16) {
    body(static_cast<uint16_t*>(nullptr));
  } else {
    body(static_cast<uint8_t*>(nullptr));
  }
}

}  // namespace lockstep::kernels
