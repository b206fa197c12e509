// Four rows by 64 columns at a time; every sum is one lane's, over the depth in its order.
//
// Compiled for AVX-512; see mat_mul_bytes_avx512.cpp.
#include "gemm/unroll.h"
#include "ops/common/float_lanes_avx512.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kLanes = 16;
constexpr int kVectors = 4;

template <int kRows>
[[gnu::noinline]] void Multiply(const MatMulFloats& tile, int64_t row, int64_t column) {
  __mmask16 valid[kVectors];
  Unroll<kVectors>([&](auto v) {
    const int64_t rest = tile.columns - column - v * kLanes;
    valid[v] = static_cast<__mmask16>(rest >= kLanes ? 0xffff : (rest > 0 ? (1 << rest) - 1 : 0));
  });
  __m512 acc[kRows][kVectors];
  Unroll<kRows>([&](auto r) { Unroll<kVectors>([&](auto v) { acc[r][v] = _mm512_setzero_ps(); }); });
  const float* a = tile.a + row * tile.depth;
  const float* b = tile.b + column;
  for (int64_t k = 0; k < tile.depth; ++k, b += tile.columns) {
    __m512 right[kVectors];
    Unroll<kVectors>([&](auto v) { right[v] = _mm512_maskz_loadu_ps(valid[v], b + v * kLanes); });
    Unroll<kRows>([&](auto r) {
      const __m512 left = _mm512_set1_ps(a[r * tile.depth + k]);
      Unroll<kVectors>([&](auto v) { acc[r][v] = AddProduct512(acc[r][v], left, right[v]); });
    });
  }
  Unroll<kRows>([&](auto r) {
    float* y = tile.y + (row + r) * tile.columns + column;
    Unroll<kVectors>([&](auto v) {
      if (valid[v] != 0) StoreFloats512(y + v * kLanes, valid[v], acc[r][v]);
    });
  });
}

}  // namespace

void MultiplyFloats512(const MatMulFloats& tile) {
  for (int64_t column = 0; column < tile.columns; column += kVectors * kLanes) {
    int64_t row = 0;
    for (; row + 4 <= tile.rows; row += 4) Multiply<4>(tile, row, column);
    for (; row < tile.rows; ++row) Multiply<1>(tile, row, column);
  }
}

}  // namespace lockstep::kernels
