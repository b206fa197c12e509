#include <algorithm>

#include "arithmetic/requantize.h"
#include "ops/common/elements.h"
#include "ops/mat_mul/mat_mul.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {

bool AcceptsMatMul512(const LayerArgs& args) {
  const joint::MatMul& options = *args.layer->options_as_MatMul();
  return options.acc_bits() == 32 || options.shift() >= kLongShift;
}

void mat_mul_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::MatMul& options = *args.layer->options_as_MatMul();
  const TensorView& a = args.inputs[0];
  const TensorView& b = args.inputs[1];
  const TensorView& y = args.outputs[0];
  const int64_t height = y.shape[y.rank - 2];
  const int64_t units = (height + kMatMulRows - 1) / kMatMulRows;  // of a matrix
  for (int64_t unit = begin; unit < end;) {
    const MatMulTile tile = MatMulTileOf(args, unit);
    const int64_t stop = std::min(end, (unit / units + 1) * units);
    MatMulRows rows{};
    rows.a = a.data + tile.a * ElementBytes(a.dtype);
    rows.b = b.data + tile.b * ElementBytes(b.dtype);
    rows.y = y.data + tile.y * ElementBytes(y.dtype);
    rows.rows = std::min((stop - unit) * kMatMulRows, height - unit % units * kMatMulRows);
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
    unit = stop;
  }
}

}  // namespace lockstep::kernels
