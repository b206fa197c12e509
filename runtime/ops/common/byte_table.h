// Tables of 256 entries that a layer with weights applies to its finished rows.
#pragma once

#include <cstdint>

#include "ops/layer_args.h"

namespace lockstep::kernels {

// Elements that are read and written again: `count` stretches, `step` elements from one to the next.
template <typename Element>
struct Stretches {
  Element* data;
  int64_t length;
  int64_t count = 1;
  int64_t step = 0;
};

// So many neighbouring pixels of a tensor, the first of them at `data`.
template <typename Element>
Stretches<Element> StretchesOf(const TensorView& view, Element* data, int64_t pixels) {
  if (!IsStrided(view)) return {data, pixels * RowLength(view)};
  return {data, RowLength(view), pixels, view.pitch};
}

void ApplyTable(const uint8_t* table, const Stretches<uint8_t>& y);
// Values below 256 become entries of two bytes.
void ApplyWideTable(const uint8_t* table, const Stretches<uint16_t>& y);

}  // namespace lockstep::kernels
