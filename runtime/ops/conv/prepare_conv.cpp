#include "ops/conv/conv.h"

namespace lockstep::kernels {

Prepared PrepareConv(const LayerArgs& args) {
  const ConvGeometry geometry = DescribeConv(args);
  Prepared prepared;
  prepared.units = geometry.units;
  prepared.scratch_bytes = geometry.scratch_bytes;
  return prepared;
}

}  // namespace lockstep::kernels
