// A matrix product by tiles of four rows, or one, and two vectors of columns. The zero point of b counts in what the
// sums start from. A part of the files mat_mul_rows_*.cpp that include it behind an instruction set's lanes.
#pragma once

#include <type_traits>

#include "gemm/unroll.h"
#include "ops/mat_mul/mat_mul.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kVectors = 2;  // of columns

// Bytes, whose sums have 32 bits.
struct NarrowProducts {
  using Element = int16_t;
  using Factors = lanes::Halves;
  using Sums = lanes::Words;
  using Pair = lanes::HalvesPair;
  static constexpr int kDepth = 8;  // of a vector of a's elements
  static constexpr int kColumns = 16;

  LOCKSTEP_LANES static Factors LoadLeft(const int16_t* from) { return lanes::LoadHalves(from); }
  LOCKSTEP_LANES static void LoadRight(const uint8_t* from, bool /*wide*/, Factors (&to)[kVectors]) {
    const lanes::Bytes bytes = lanes::LoadBytes(from);
    to[0] = lanes::LowOf(bytes);
    to[1] = lanes::HighOf(bytes);
  }
  LOCKSTEP_LANES static Sums Splat(int64_t value) { return lanes::SplatWords(static_cast<int32_t>(value)); }
};

struct WideProducts {
  using Element = int32_t;
  using Factors = lanes::Words;
  using Sums = lanes::Longs;
  using Pair = lanes::WordsPair;
  static constexpr int kDepth = 4;
  static constexpr int kColumns = 8;

  LOCKSTEP_LANES static Factors LoadLeft(const int32_t* from) { return lanes::LoadWords(from); }
  LOCKSTEP_LANES static void LoadRight(const uint8_t* from, bool wide, Factors (&to)[kVectors]) {
    const lanes::Halves halves = wide ? lanes::LoadHalves(from) : lanes::LoadEightBytes(from);
    to[0] = lanes::LowOf(halves);
    to[1] = lanes::HighOf(halves);
  }
  LOCKSTEP_LANES static Sums Splat(int64_t value) { return lanes::SplatLongs(value); }
};

void StoreColumns(const MatMulRows& m, const lanes::Limits& limits, const lanes::Words (&sums)[kVectors][2],
                  uint8_t* to) {
  const lanes::Scale by = lanes::ScaleOf(lanes::SplatWords(m.multiplier), lanes::SplatWords(m.shift));
  lanes::Sixteen y;
  Unroll<4>([&](auto v) {
    const lanes::Words acc = sums[v / 2][v % 2];
    y.value[v] = limits.Of(m.shift >= 1 ? lanes::RequantizeShort(acc, by) : lanes::RequantizeAny(acc, by));
  });
  lanes::StoreSixteen(y, to, m.wide_y);
}

void StoreColumns(const MatMulRows& m, const lanes::Limits& limits, const lanes::Longs (&sums)[kVectors][2],
                  uint8_t* to) {
  const lanes::LongScale by(lanes::SplatWords(m.multiplier), lanes::SplatWords(m.shift));
  const lanes::Halves values =
      lanes::Narrow(limits.Of(by.Of(sums[0][0], sums[0][1])), limits.Of(by.Of(sums[1][0], sums[1][1])));
  if (m.wide_y) {
    lanes::StoreHalves(values, to);
  } else {
    lanes::StoreEightBytes(values, to);
  }
}

// Columns [column, column + count) of kRows rows; `start`: of each row's sums. A whole tile has P::kColumns.
template <typename P, int kRows>
void MultiplyTile(const MatMulRows& m, const lanes::Limits& limits, const int64_t* start, ptrdiff_t column,
                  ptrdiff_t count) {
  typename P::Sums sums[kRows][kVectors][2];
  Unroll<kRows>([&](auto r) { Unroll<kVectors>([&](auto v) { sums[r][v][0] = sums[r][v][1] = P::Splat(start[r]); }); });
  const int size_b = m.wide_b ? 2 : 1;
  const auto* left = static_cast<const typename P::Element*>(m.left);
  const ptrdiff_t left_step = LeftLength(m.depth);
  const uint8_t* right = m.b + column * size_b;
  alignas(lanes::kGroup) uint8_t few[2][lanes::kGroup] = {};
  for (ptrdiff_t k = 0; k < m.depth; k += P::kDepth, left += P::kDepth) {
    typename P::Factors a[kRows];
    Unroll<kRows>([&](auto r) { a[r] = P::LoadLeft(left + r * left_step); });
    Unroll<P::kDepth / 2>([&](auto pair) {
      typename P::Factors b[2][kVectors];
      Unroll<2>([&](auto i) {
        const uint8_t* from = right;
        if (count < P::kColumns) {
          lanes::CopyBytes(right, count * size_b, few[i]);
          from = few[i];
        }
        P::LoadRight(from, m.wide_b, b[i]);
        // Behind the last row it meets zeros.
        if (k + 2 * pair + i + 1 < m.depth) right += m.columns * size_b;
      });
      Unroll<kVectors>([&](auto v) {
        const auto both = P::Pair::Of(b[0][v], b[1][v]);
        Unroll<kRows>([&](auto r) { lanes::AddPair<pair>(sums[r][v], a[r], both); });
      });
    });
  }
  const int size_y = m.wide_y ? 2 : 1;
  typename P::Sums finished[kRows][kVectors][2];
  Unroll<kRows>([&](auto r) {
    Unroll<kVectors>([&](auto v) {
      finished[r][v][0] = sums[r][v][0];
      finished[r][v][1] = sums[r][v][1];
    });
  });
  for (ptrdiff_t r = 0; r < (kRows < m.rows ? kRows : m.rows); ++r) {
    uint8_t* to = m.y + (r * m.columns + column) * size_y;
    uint8_t values[2 * lanes::kGroup];
    StoreColumns(m, limits, finished[r], count == P::kColumns ? to : values);
    if (count < P::kColumns) lanes::CopyBytes(values, count * size_y, to);
  }
}

// Differences of a row, and their sum.
template <typename Element, typename In>
int64_t LoadDifferences(const In* __restrict from, ptrdiff_t count, int32_t zero_point, Element* __restrict to) {
  using Sum = std::conditional_t<sizeof(Element) == 2, int32_t, int64_t>;
  Sum sum = 0;
  for (ptrdiff_t k = 0; k < count; ++k) {
    const int32_t difference = from[k] - zero_point;
    to[k] = static_cast<Element>(difference);
    sum += difference;
  }
  for (ptrdiff_t k = count; k < LeftLength(count); ++k) to[k] = 0;
  return sum;
}

template <typename P, int kRows>
void MultiplyRows(const MatMulRows& m) {
  auto* left = static_cast<typename P::Element*>(m.left);
  int64_t start[kRows] = {};
  for (ptrdiff_t row = 0; row < kRows; ++row, left += LeftLength(m.depth)) {
    const ptrdiff_t at = row * m.depth;
    const ptrdiff_t count = row < m.rows ? m.depth : 0;
    const int64_t sum = m.wide_a ? LoadDifferences(reinterpret_cast<const uint16_t*>(m.a) + at, count, m.zero_a, left)
                                 : LoadDifferences(m.a + at, count, m.zero_a, left);
    start[row] = -sum * m.zero_b;
  }
  const lanes::Limits limits(m.zero_point, m.low, m.high);
  const ptrdiff_t last = m.columns - P::kColumns;
  for (ptrdiff_t column = 0; column < m.columns; column += P::kColumns) {
    // The last tile does some columns once more instead of fewer.
    if (last >= 0) {
      MultiplyTile<P, kRows>(m, limits, start, column < last ? column : last, P::kColumns);
    } else {
      MultiplyTile<P, kRows>(m, limits, start, 0, m.columns);
    }
  }
}

void MultiplyLanes(const MatMulRows& m) {
  if (m.narrow) {
    m.rows == 1 ? MultiplyRows<NarrowProducts, 1>(m) : MultiplyRows<NarrowProducts, kMatMulRows>(m);
  } else {
    m.rows == 1 ? MultiplyRows<WideProducts, 1>(m) : MultiplyRows<WideProducts, kMatMulRows>(m);
  }
}

}  // namespace
}  // namespace lockstep::kernels
