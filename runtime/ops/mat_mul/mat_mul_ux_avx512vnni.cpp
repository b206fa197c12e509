#include "ops/mat_mul/mat_mul_layer.h"

namespace lockstep::kernels {

void mat_mul_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  MatMulRows rows = MatMulRowsOf(args);
  ForEachMatrix(args, begin, end, [&](const MatMulTile& tile, int64_t count) {
    PlaceRows(args, tile, count, &rows);
    rows.narrow ? MultiplyBytes512(rows) : MultiplyWords512(rows);
  });
}

void mat_mul_f32_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  MultiplyMatrices(args, begin, end, MultiplyFloats512);
}

}  // namespace lockstep::kernels
