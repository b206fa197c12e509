#include "ops/common/pool_row_of.h"
#include "ops/max_pool/max_pool.h"

namespace lockstep::kernels {

void max_pool_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  PoolRows rows(*args.layer->options_as_MaxPool(), args);
  for (int64_t unit = begin; unit < end; ++unit) MaxPoolRow512(rows.Of(unit), scratch);
}

}  // namespace lockstep::kernels
