#include "ops/add/add.h"
#include "ops/common/binary_runs.h"

namespace lockstep::kernels {

void add_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Add& add = *args.layer->options_as_Add();
  const AddConstants constants = {
      args.inputs[0].zero_point,  args.inputs[1].zero_point, add.multiplier_a(), add.multiplier_b(), add.shift(),
      args.outputs[0].zero_point, add.clamp_low(),           add.clamp_high()};
  ForEachBinaryRun(args, begin, end, constants, AddRun512);
}

}  // namespace lockstep::kernels
