#include "ops/mat_mul/mat_mul_layer.h"

namespace lockstep::kernels {

bool AcceptsMatMulBytes(const LayerArgs& args) { return args.layer->options_as_MatMul()->acc_bits() == 32; }

void mat_mul_ux_avx2(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ForEachMatrix(args, begin, end,
                [&](const MatMulTile& tile, int64_t count) { MultiplyBytesAvx2(MatMulRowsOf(args, tile, count)); });
}

}  // namespace lockstep::kernels
