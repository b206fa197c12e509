#include "ops/layer_normalization/layer_normalization.h"
#include "ops/layer_normalization/normalise_rows.h"

namespace lockstep::kernels {

void layer_normalization_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  NormaliseRows(args, begin, end, SumRow512, FloorRootAvx2, NormaliseRow512);
}

}  // namespace lockstep::kernels
