// What kernels of an instruction set take from a layer.
#pragma once

#include <algorithm>

#include "joint_elements.h"
#include "ops/common/float_elements.h"
#include "ops/layer_args.h"
#include "ops/mat_mul/mat_mul.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {

// What all rows of a layer have in common.
inline MatMulRows MatMulRowsOf(const LayerArgs& args) {
  const joint::MatMul& o = *args.layer->options_as_MatMul();
  const TensorView& a = args.inputs[0];
  const TensorView& b = args.inputs[1];
  const TensorView& y = args.outputs[0];
  MatMulRows rows{};
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

// `count` rows from where a tile begins.
inline void PlaceRows(const LayerArgs& args, const MatMulTile& tile, int64_t count, MatMulRows* rows) {
  rows->a = args.inputs[0].data + tile.a * ElementBytes(args.inputs[0].dtype);
  rows->b = args.inputs[1].data + tile.b * ElementBytes(args.inputs[1].dtype);
  rows->y = args.outputs[0].data + tile.y * ElementBytes(args.outputs[0].dtype);
  rows->rows = static_cast<ptrdiff_t>(count);
  rows->depth = static_cast<ptrdiff_t>(tile.depth);
  rows->columns = static_cast<ptrdiff_t>(tile.columns);
}

inline void RunMatMulRows(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch,
                          void (*multiply)(const MatMulRows& rows)) {
  MatMulRows rows = MatMulRowsOf(args);
  rows.left = scratch;
  for (int64_t unit = begin; unit < end; ++unit) {
    const MatMulTile tile = MatMulTileOf(args, unit);
    PlaceRows(args, tile, tile.rows, &rows);
    multiply(rows);
  }
}

// Of floats: all rows of a matrix that a range of units has.
inline void MultiplyMatrices(const LayerArgs& args, int64_t begin, int64_t end,
                             void (*multiply)(const MatMulFloats& tile)) {
  ForEachMatrix(args, begin, end, [&](const MatMulTile& tile, int64_t count) {
    multiply({Floats(args.inputs[0]) + tile.a, Floats(args.inputs[1]) + tile.b, MutableFloats(args.outputs[0]) + tile.y,
              count, tile.depth, tile.columns});
  });
}

}  // namespace lockstep::kernels
