#include "ops/add/add.h"
#include "ops/common/binary_runs.h"
#include "ops/common/byte_rows.h"

namespace lockstep::kernels {

bool AcceptsAddNeon(const LayerArgs& args) { return AreBytes(args) && HasPlainRuns(args); }

void add_u8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Add& add = *args.layer->options_as_Add();
  const AddConstants constants = {
      args.inputs[0].zero_point,  args.inputs[1].zero_point, add.multiplier_a(), add.multiplier_b(), add.shift(),
      args.outputs[0].zero_point, add.clamp_low(),           add.clamp_high()};
  ForEachBinaryRun(args, begin, end, constants, AddRunNeon);
}

}  // namespace lockstep::kernels
