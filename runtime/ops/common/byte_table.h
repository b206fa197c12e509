// Tables with an entry for every value: Lookup, and what a layer with weights applies to its finished rows.
#pragma once

#include <cstddef>
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

// So many channels, from the one at `data` on, of so many neighbouring pixels of a tensor.
template <typename Element>
Stretches<Element> StretchesOf(const TensorView& view, Element* data, int64_t pixels, int64_t channels) {
  if (channels == view.pitch) return {data, pixels * channels};
  return {data, channels, pixels, view.pitch};
}
template <typename Element>
Stretches<Element> StretchesOf(const TensorView& view, Element* data, int64_t pixels) {
  return StretchesOf(view, data, pixels, RowLength(view));
}

inline int64_t TableEntries(const TensorView& x) { return x.dtype == joint::DType::U16 ? int64_t{x.high} + 1 : 256; }

// Tables are vectors of a FlatBuffer, which lie at multiples of four bytes.
template <typename Entry>
Entry TableEntry(const uint8_t* table, int64_t index) {
  return reinterpret_cast<const Entry*>(table)[index];
}

// y[i] = table[x[i]], 256 entries of one byte; x may be y.
void LookUp(const uint8_t* table, const uint8_t* x, uint8_t* y, ptrdiff_t count);
// y = table[y]: entries of one byte, 256 of them, and of two bytes for values below their count.
using ApplyTableFunction = void(const uint8_t* table, const Stretches<uint8_t>& y);
ApplyTableFunction ApplyTable;
ApplyTableFunction ApplyTable512;   // where LOCKSTEP_KERNELS_AVX512VNNI says so
ApplyTableFunction ApplyTableAvx2;  // where LOCKSTEP_KERNELS_AVX2 does
void ApplyWideTable(const uint8_t* table, const Stretches<uint16_t>& y);
// y = table[x], entries of one byte; x side by side.
void LookUpBytes(const uint8_t* table, const uint16_t* x, const Stretches<uint8_t>& y);

}  // namespace lockstep::kernels
