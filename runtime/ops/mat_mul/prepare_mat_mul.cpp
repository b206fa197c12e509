#include <algorithm>

#include "arithmetic/requantize.h"
#include "ops/common/prepare.h"
#include "ops/mat_mul/mat_mul.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {
namespace {

int64_t UnitsOf(int64_t rows) { return (rows + kMatMulRows - 1) / kMatMulRows; }

// Which matrix of an input is read for matrix `batch` of the output.
int64_t BroadcastMatrix(const TensorView& input, const TensorView& output, int64_t batch) {
  int64_t matrix = 0;
  int64_t step = 1;
  for (int32_t axis = output.rank - 3; axis >= output.rank - input.rank; --axis) {
    const int64_t extent = input.shape[axis - (output.rank - input.rank)];
    if (extent > 1) matrix += batch % output.shape[axis] * step;
    batch /= output.shape[axis];
    step *= extent;
  }
  return matrix;
}

}  // namespace

Prepared PrepareMatMul(const LayerArgs& args) {
  const TensorView& y = args.outputs[0];
  Prepared prepared;
  prepared.units = OuterElements(y, y.rank - 2) * UnitsOf(y.shape[y.rank - 2]);
#if defined(LOCKSTEP_KERNELS_NEON) || defined(LOCKSTEP_KERNELS_MSA)
  if (FormOf(args) == Form::kInteger) {
    const int64_t length = LeftLength(static_cast<ptrdiff_t>(args.inputs[0].shape[args.inputs[0].rank - 1]));
    prepared.scratch_bytes = static_cast<uint64_t>(kMatMulRows * length * int64_t{sizeof(int32_t)});
  }
#endif
  return prepared;
}

bool AcceptsMatMulRows(const LayerArgs& args) {
  const joint::MatMul& o = *args.layer->options_as_MatMul();
  return o.acc_bits() == 32 || o.shift() >= kLongShift;
}

MatMulTile MatMulTileOf(const LayerArgs& args, int64_t unit) {
  const TensorView& a = args.inputs[0];
  const TensorView& b = args.inputs[1];
  const TensorView& y = args.outputs[0];
  const int64_t rows = y.shape[y.rank - 2];
  const int64_t batch = unit / UnitsOf(rows);
  const int64_t row = unit % UnitsOf(rows) * kMatMulRows;
  MatMulTile tile;
  tile.rows = std::min(kMatMulRows, rows - row);
  tile.depth = a.shape[a.rank - 1];
  tile.columns = y.shape[y.rank - 1];
  tile.a = (BroadcastMatrix(a, y, batch) * rows + row) * tile.depth;
  tile.b = BroadcastMatrix(b, y, batch) * tile.depth * tile.columns;
  tile.y = (batch * rows + row) * tile.columns;
  return tile;
}

}  // namespace lockstep::kernels
