// Blocks of eight columns by a vector of rows: three times the elements of two vectors in turn. A part of the files
// transpose_bytes_*.cpp that include it behind an instruction set's lanes.
#pragma once

#include "gemm/unroll.h"
#include "ops/transpose/transpose_bytes.h"

namespace lockstep::kernels {
namespace {

constexpr int kLines = 8;  // of a block

struct BytesOfPlane {
  using Element = uint8_t;
  using Vector = lanes::Bytes;
  static constexpr ptrdiff_t kRows = 16;

  LOCKSTEP_LANES static Vector Load(const uint8_t* from) { return lanes::LoadBytes(from); }
  LOCKSTEP_LANES static void StoreAll(Vector x, uint8_t* to) { lanes::StoreBytes(x, to); }
  // A vector has two rows.
  LOCKSTEP_LANES static void StoreRows(const Vector (&x)[kLines], uint8_t* to, ptrdiff_t step) {
    Unroll<kLines>([&](auto i) {
      lanes::StoreLowBytes(x[i], to + 2 * i * step);
      lanes::StoreHighBytes(x[i], to + (2 * i + 1) * step);
    });
  }
};

struct HalvesOfPlane {
  using Element = uint16_t;
  using Vector = lanes::Halves;
  static constexpr ptrdiff_t kRows = 8;

  LOCKSTEP_LANES static Vector Load(const uint8_t* from) { return lanes::LoadHalves(from); }
  LOCKSTEP_LANES static void StoreAll(Vector x, uint8_t* to) { lanes::StoreHalves(x, to); }
  LOCKSTEP_LANES static void StoreRows(const Vector (&x)[kLines], uint8_t* to, ptrdiff_t step) {
    Unroll<kLines>([&](auto i) { lanes::StoreHalves(x[i], to + i * step); });
  }
};

template <typename P>
[[gnu::always_inline]] inline void Interleave(const typename P::Vector (&x)[kLines], typename P::Vector (&to)[kLines]) {
  Unroll<kLines / 2>([&](auto i) {
    to[2 * i] = lanes::InterleaveLow(x[i], x[i + kLines / 2]);
    to[2 * i + 1] = lanes::InterleaveHigh(x[i], x[i + kLines / 2]);
  });
}

// Rows and columns from there on, one element after another.
template <typename P>
void TransposeRest(const BytePlane& plane, ptrdiff_t row, ptrdiff_t rows, ptrdiff_t column, ptrdiff_t columns) {
  for (ptrdiff_t r = row; r < rows; ++r) {
    auto* to = reinterpret_cast<typename P::Element*>(plane.to + r * static_cast<ptrdiff_t>(plane.to_step));
    const uint8_t* from = plane.from + r * plane.element;
    for (ptrdiff_t c = column; c < columns; ++c) {
      to[c] = *reinterpret_cast<const typename P::Element*>(from + c * static_cast<ptrdiff_t>(plane.from_step));
    }
  }
}

template <typename P>
void TransposeLanesOf(const BytePlane& plane) {
  const auto rows = static_cast<ptrdiff_t>(plane.rows);
  const auto columns = static_cast<ptrdiff_t>(plane.columns);
  const auto from_step = static_cast<ptrdiff_t>(plane.from_step);
  const auto to_step = static_cast<ptrdiff_t>(plane.to_step);
  const ptrdiff_t whole_rows = rows / P::kRows * P::kRows;
  ptrdiff_t column = 0;
  if (columns == 2 && to_step == 2 * plane.element) {  // of two groups of channels
    for (ptrdiff_t row = 0; row < whole_rows; row += P::kRows) {
      const typename P::Vector a = P::Load(plane.from + row * plane.element);
      const typename P::Vector b = P::Load(plane.from + row * plane.element + from_step);
      P::StoreAll(lanes::InterleaveLow(a, b), plane.to + row * to_step);
      P::StoreAll(lanes::InterleaveHigh(a, b), plane.to + row * to_step + lanes::kGroup);
    }
    column = 2;
  }
  for (; column + kLines <= columns; column += kLines) {
    for (ptrdiff_t row = 0; row < whole_rows; row += P::kRows) {
      typename P::Vector x[kLines];
      typename P::Vector y[kLines];
      const uint8_t* from = plane.from + row * plane.element + column * from_step;
      Unroll<kLines>([&](auto i) { x[i] = P::Load(from + i * from_step); });
      Interleave<P>(x, y);
      Interleave<P>(y, x);
      Interleave<P>(x, y);
      P::StoreRows(y, plane.to + row * to_step + column * plane.element, to_step);
    }
  }
  TransposeRest<P>(plane, whole_rows, rows, 0, column);
  TransposeRest<P>(plane, 0, rows, column, columns);
}

void TransposeLanes(const BytePlane& plane) {
  plane.element == 1 ? TransposeLanesOf<BytesOfPlane>(plane) : TransposeLanesOf<HalvesOfPlane>(plane);
}

}  // namespace
}  // namespace lockstep::kernels
