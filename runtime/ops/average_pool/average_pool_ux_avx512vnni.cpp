#include "ops/average_pool/average_pool.h"
#include "ops/common/pool_row_of.h"

namespace lockstep::kernels {

void average_pool_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  const joint::AveragePool& pool = *args.layer->options_as_AveragePool();
  const PoolMeans means = {pool.multiplier()->data(), pool.shift()->data(),       pool.multiplier()->size() > 1,
                           args.inputs[0].zero_point, args.outputs[0].zero_point, pool.clamp_low(),
                           pool.clamp_high()};
  PoolRows rows(pool, args);
  for (int64_t unit = begin; unit < end; ++unit) {
    AveragePoolRow512(rows.Of(unit), means, reinterpret_cast<int32_t*>(scratch));
  }
}

}  // namespace lockstep::kernels
