// What kernels of an instruction set take from a layer.
#pragma once

#include <algorithm>

#include "joint_elements.h"
#include "ops/layer_args.h"
#include "ops/mat_mul/mat_mul.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {

// `count` rows from where a tile begins.
inline MatMulRows MatMulRowsOf(const LayerArgs& args, const MatMulTile& tile, int64_t count) {
  const joint::MatMul& o = *args.layer->options_as_MatMul();
  const TensorView& a = args.inputs[0];
  const TensorView& b = args.inputs[1];
  const TensorView& y = args.outputs[0];
  MatMulRows rows{};
  rows.a = a.data + tile.a * ElementBytes(a.dtype);
  rows.b = b.data + tile.b * ElementBytes(b.dtype);
  rows.y = y.data + tile.y * ElementBytes(y.dtype);
  rows.rows = static_cast<ptrdiff_t>(count);
  rows.depth = static_cast<ptrdiff_t>(tile.depth);
  rows.columns = static_cast<ptrdiff_t>(tile.columns);
  rows.wide_a = a.dtype == joint::DType::U16;
  rows.wide_b = b.dtype == joint::DType::U16;
  rows.wide_y = y.dtype == joint::DType::U16;
  rows.narrow = o.acc_bits() == 32;
  rows.zero_a = a.zero_point;
  rows.zero_b = b.zero_point;
  rows.multiplier = o.multiplier();
  rows.shift = o.shift();
  rows.zero_point = y.zero_point;
  rows.low = o.clamp_low();
  rows.high = o.clamp_high();
  return rows;
}

// visit(the first unit's tile, rows) for units of the same matrix together.
template <typename Visit>
void ForEachMatrix(const LayerArgs& args, int64_t begin, int64_t end, Visit visit) {
  const TensorView& y = args.outputs[0];
  const int64_t height = y.shape[y.rank - 2];
  const int64_t units = (height + kMatMulRows - 1) / kMatMulRows;  // of a matrix
  for (int64_t unit = begin; unit < end;) {
    const int64_t stop = std::min(end, (unit / units + 1) * units);
    visit(MatMulTileOf(args, unit), std::min((stop - unit) * kMatMulRows, height - unit % units * kMatMulRows));
    unit = stop;
  }
}

inline void RunMatMulRows(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch,
                          void (*multiply)(const MatMulRows& rows)) {
  for (int64_t unit = begin; unit < end; ++unit) {
    const MatMulTile tile = MatMulTileOf(args, unit);
    MatMulRows rows = MatMulRowsOf(args, tile, tile.rows);
    rows.left = scratch;
    multiply(rows);
  }
}

}  // namespace lockstep::kernels
