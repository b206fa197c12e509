#include <algorithm>

#include "arithmetic/requantize.h"
#include "ops/common/elements.h"
#include "ops/common/float_elements.h"
#include "ops/mat_mul/mat_mul.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {

namespace {

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

}  // namespace

bool AcceptsMatMul512(const LayerArgs& args) {
  const joint::MatMul& options = *args.layer->options_as_MatMul();
  return options.acc_bits() == 32 || options.shift() >= kLongShift;
}

void mat_mul_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::MatMul& options = *args.layer->options_as_MatMul();
  const TensorView& a = args.inputs[0];
  const TensorView& b = args.inputs[1];
  const TensorView& y = args.outputs[0];
  ForEachMatrix(args, begin, end, [&](const MatMulTile& tile, int64_t count) {
    MatMulRows rows{};
    rows.a = a.data + tile.a * ElementBytes(a.dtype);
    rows.b = b.data + tile.b * ElementBytes(b.dtype);
    rows.y = y.data + tile.y * ElementBytes(y.dtype);
    rows.rows = count;
    rows.depth = tile.depth;
    rows.columns = tile.columns;
    rows.wide_a = a.dtype == joint::DType::U16;
    rows.wide_b = b.dtype == joint::DType::U16;
    rows.wide_y = y.dtype == joint::DType::U16;
    rows.zero_a = a.zero_point;
    rows.zero_b = b.zero_point;
    rows.multiplier = options.multiplier();
    rows.shift = options.shift();
    rows.zero_point = y.zero_point;
    rows.low = options.clamp_low();
    rows.high = options.clamp_high();
    if (options.acc_bits() == 32) {
      MultiplyBytes512(rows);
    } else {
      MultiplyWords512(rows);
    }
  });
}

void mat_mul_f32_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ForEachMatrix(args, begin, end, [&](const MatMulTile& tile, int64_t count) {
    MultiplyFloats512({Floats(args.inputs[0]) + tile.a, Floats(args.inputs[1]) + tile.b,
                       MutableFloats(args.outputs[0]) + tile.y, count, tile.depth, tile.columns});
  });
}

}  // namespace lockstep::kernels
