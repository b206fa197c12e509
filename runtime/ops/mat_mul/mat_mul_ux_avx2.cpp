#include "ops/mat_mul/mat_mul_layer.h"

namespace lockstep::kernels {

bool AcceptsMatMulBytes(const LayerArgs& args) { return args.layer->options_as_MatMul()->acc_bits() == 32; }

void mat_mul_ux_avx2(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  MatMulRows rows = MatMulRowsOf(args);
  ForEachMatrix(args, begin, end, [&](const MatMulTile& tile, int64_t count) {
    PlaceRows(args, tile, count, &rows);
    MultiplyBytesAvx2(rows);
  });
}

}  // namespace lockstep::kernels
