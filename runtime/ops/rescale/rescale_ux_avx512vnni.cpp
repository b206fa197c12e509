#include "ops/common/element_runs.h"
#include "ops/rescale/rescale.h"

namespace lockstep::kernels {

void rescale_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Rescale& options = *args.layer->options_as_Rescale();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const RescaleConstants constants = RescaleConstantsOf(x, y, options.multiplier(), options.shift());
  ForEachStretch(x, y, ElementsOf(y, begin, end), [&](int64_t from, int64_t to, int64_t count) {
    RescaleRows512(constants,
                   {x.data + from * ElementBytes(x.dtype), 0, y.data + to * ElementBytes(y.dtype), 0, 1, count});
  });
}

}  // namespace lockstep::kernels
