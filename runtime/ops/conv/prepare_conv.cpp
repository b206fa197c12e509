#include "ops/conv/conv.h"
#include "ops/conv/conv_f32.h"

namespace lockstep::kernels {

Prepared PrepareConv(const LayerArgs& args) {
  if (kFloatLayers && FormOf(args) == Form::kFloat) return PrepareFloatConv(args);
  const ConvGeometry geometry = DescribeConv(args);
  Prepared prepared;
  prepared.units = geometry.units;
  prepared.scratch_bytes = geometry.scratch_bytes;
  return prepared;
}

}  // namespace lockstep::kernels
