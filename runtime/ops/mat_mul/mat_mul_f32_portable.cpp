#include "ops/common/float_elements.h"
#include "ops/mat_mul/mat_mul.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kColumns = 64;  // of a block, whose accumulators stay in the first cache

// Columns first .. first + count of a tile: a sum for each, side by side.
void MultiplyColumns(const LayerArgs& args, const MatMulTile& tile, int64_t first, int64_t count) {
  float acc[kMatMulRows][kColumns] = {};
  const float* a = Floats(args.inputs[0]) + tile.a;
  const float* b = Floats(args.inputs[1]) + tile.b + first;
  for (int64_t k = 0; k < tile.depth; ++k) {
    const float* __restrict right = b + k * tile.columns;
    for (int64_t row = 0; row < tile.rows; ++row) {
      const float left = a[row * tile.depth + k];
      float* __restrict sums = acc[row];
      for (int64_t i = 0; i < count; ++i) sums[i] = sums[i] + left * right[i];
    }
  }
  for (int64_t row = 0; row < tile.rows; ++row) {
    float* y = MutableFloats(args.outputs[0]) + tile.y + row * tile.columns + first;
    for (int64_t i = 0; i < count; ++i) f1::Store(y + i, acc[row][i]);
  }
}

}  // namespace

void mat_mul_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  for (int64_t unit = begin; unit < end; ++unit) {
    const MatMulTile tile = MatMulTileOf(args, unit);
    for (int64_t first = 0; first < tile.columns; first += kColumns) {
      const int64_t rest = tile.columns - first;
      MultiplyColumns(args, tile, first, rest < kColumns ? rest : kColumns);
    }
  }
}

}  // namespace lockstep::kernels
