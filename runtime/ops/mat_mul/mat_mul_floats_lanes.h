// A few rows by a few vectors of columns at a time; every sum is one lane's, over the depth in its order. For a file
// that has included the lanes.
#pragma once

#include "gemm/unroll.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kFloatVectors = 4;

template <int kRows, int kVectors, bool kPart>
[[gnu::noinline]] void MultiplyTile(const MatMulFloats& tile, int64_t row, int64_t column) {
  constexpr int kLanes = FloatLanes::kLanes;
  FloatLanes::Valid valid[kVectors];
  Unroll<kVectors>([&](auto v) { valid[v] = FloatLanes::First(kPart ? tile.columns - column - v * kLanes : kLanes); });
  FloatLanes::Vector acc[kRows][kVectors];
  Unroll<kRows>([&](auto r) { Unroll<kVectors>([&](auto v) { acc[r][v] = FloatLanes::Splat(0.0F); }); });
  const float* a = tile.a + row * tile.depth;
  const float* b = tile.b + column;
  for (int64_t k = 0; k < tile.depth; ++k, b += tile.columns) {
    FloatLanes::Vector right[kVectors];
    Unroll<kVectors>([&](auto v) { right[v] = FloatLanes::Load<kPart>(b + v * kLanes, valid[v]); });
    Unroll<kRows>([&](auto r) {
      const FloatLanes::Vector left = FloatLanes::Splat(a[r * tile.depth + k]);
      FloatLanes::Vector products[kVectors];
      Unroll<kVectors>([&](auto v) { products[v] = FloatLanes::Product(left, right[v]); });
      Unroll<kVectors>([&](auto v) { acc[r][v] = FloatLanes::Sum(acc[r][v], products[v]); });
    });
  }
  Unroll<kRows>([&](auto r) {
    float* y = tile.y + (row + r) * tile.columns + column;
    Unroll<kVectors>([&](auto v) { FloatLanes::Store(y + v * kLanes, valid[v], acc[r][v]); });
  });
}

template <bool kPart>
void MultiplyColumns(const MatMulFloats& tile, int64_t column) {
  int64_t row = 0;
  for (; row + 4 <= tile.rows; row += 4) MultiplyTile<4, kFloatVectors, kPart>(tile, row, column);
  for (; row < tile.rows; ++row) MultiplyTile<1, kFloatVectors, kPart>(tile, row, column);
}

void RunMatMulFloats(const MatMulFloats& tile) {
  constexpr int kColumns = kFloatVectors * FloatLanes::kLanes;
  constexpr bool kParts = FloatLanes::kPartsAreCheap;
  if (kParts || tile.columns >= kColumns) {
    for (int64_t column = 0; column < tile.columns; column += kColumns) {
      // The last columns with some of those before, once more.
      const bool last = !kParts && column + kColumns > tile.columns;
      MultiplyColumns<kParts>(tile, last ? tile.columns - kColumns : column);
    }
  } else if constexpr (!kParts) {
    for (int64_t row = 0; row < tile.rows; ++row) {
      for (int64_t column = 0; column < tile.columns; column += FloatLanes::kLanes) {
        MultiplyTile<1, 1, true>(tile, row, column);
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
