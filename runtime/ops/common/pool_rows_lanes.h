// MaxPool by vectors: first over the rows of the windows, for all columns of the input, then over the columns of each
// window. A part of the files pool_rows_*.cpp that include it behind an instruction set's lanes.
#pragma once

#include "ops/common/pool_rows.h"

namespace lockstep::kernels {
namespace {

struct LargestBytes {
  using Element = uint8_t;
  LOCKSTEP_LANES static lanes::Bytes Load(const uint8_t* from) { return lanes::LoadBytes(from); }
  LOCKSTEP_LANES static lanes::Bytes Of(lanes::Bytes a, lanes::Bytes b) { return lanes::Largest(a, b); }
  LOCKSTEP_LANES static void Store(lanes::Bytes value, uint8_t* to) { lanes::StoreBytes(value, to); }
};

// Eight bytes, as halves.
struct LargestOfEight {
  LOCKSTEP_LANES static lanes::Halves Load(const uint8_t* from) { return lanes::LoadEightBytes(from); }
  LOCKSTEP_LANES static lanes::Halves Of(lanes::Halves a, lanes::Halves b) { return lanes::LargestUnsigned(a, b); }
  LOCKSTEP_LANES static void Store(lanes::Halves value, uint8_t* to) { lanes::StoreEightBytes(value, to); }
};

struct LargestHalves {
  using Element = uint16_t;
  LOCKSTEP_LANES static lanes::Halves Load(const uint8_t* from) { return lanes::LoadHalves(from); }
  LOCKSTEP_LANES static lanes::Halves Of(lanes::Halves a, lanes::Halves b) { return lanes::LargestUnsigned(a, b); }
  LOCKSTEP_LANES static void Store(lanes::Halves value, uint8_t* to) { lanes::StoreHalves(value, to); }
};

template <typename P>
[[gnu::always_inline]] inline void MaxOfVector(const uint8_t* from, ptrdiff_t step, ptrdiff_t count, uint8_t* to) {
  auto most = P::Load(from);
  for (ptrdiff_t k = 1; k < count; ++k) most = P::Of(most, P::Load(from + k * step));
  P::Store(most, to);
}

// to[i] = max(from[i], from[i + step], ...), `count` of them; steps and the length are bytes.
template <typename P>
void MaxOfLines(const uint8_t* from, ptrdiff_t step, ptrdiff_t count, ptrdiff_t length, uint8_t* to) {
  constexpr ptrdiff_t kBytes = 16;
  constexpr ptrdiff_t kEight = 8;
  ptrdiff_t i = 0;
  if (count == 3) {
    for (; i + kBytes <= length; i += kBytes) {
      const uint8_t* x = from + i;
      P::Store(P::Of(P::Of(P::Load(x), P::Load(x + step)), P::Load(x + 2 * step)), to + i);
    }
  }
  for (; i + kBytes <= length; i += kBytes) MaxOfVector<P>(from + i, step, count, to + i);
  if (sizeof(typename P::Element) == 1 && i + kEight <= length) {
    MaxOfVector<LargestOfEight>(from + i, step, count, to + i);
    i += kEight;
  }
  for (; i < length; i += ptrdiff_t{sizeof(typename P::Element)}) {
    typename P::Element most = 0;
    for (ptrdiff_t k = 0; k < count; ++k) {
      const auto x = *reinterpret_cast<const typename P::Element*>(from + i + k * step);
      most = x > most ? x : most;
    }
    *reinterpret_cast<typename P::Element*>(to + i) = most;
  }
}

template <typename P>
void MaxPoolLanesOf(const PoolRow& row, uint8_t* columns) {
  constexpr ptrdiff_t kSize = sizeof(typename P::Element);
  const ptrdiff_t pixel = row.channels * kSize;
  const auto row_step = static_cast<ptrdiff_t>(row.row_step);
  if (row.pixel_step == pixel) {
    MaxOfLines<P>(row.from, row_step, static_cast<ptrdiff_t>(row.rows), row.in_w * pixel, columns);
  } else {
    for (ptrdiff_t x = 0; x < row.in_w; ++x) {
      MaxOfLines<P>(row.from + x * row.pixel_step, row_step, static_cast<ptrdiff_t>(row.rows), pixel,
                    columns + x * pixel);
    }
  }
  for (ptrdiff_t x = 0; x < row.out_w; ++x) {
    const ptrdiff_t start = x * row.stride_w - row.pad_left;
    const ptrdiff_t first = start > 0 ? start : 0;
    const ptrdiff_t end = start + row.kernel_w < row.in_w ? start + row.kernel_w : row.in_w;
    MaxOfLines<P>(columns + first * pixel, pixel, end - first, pixel, row.y + x * row.y_step);
  }
}

void MaxPoolLanes(const PoolRow& row, uint8_t* columns) {
  row.wide ? MaxPoolLanesOf<LargestHalves>(row, columns) : MaxPoolLanesOf<LargestBytes>(row, columns);
}

}  // namespace
}  // namespace lockstep::kernels
