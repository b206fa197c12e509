#include "ops/layer_normalization/layer_normalization.h"

namespace lockstep::kernels {

Prepared PrepareLayerNormalization(const LayerArgs& args) {
  Prepared prepared;
  prepared.units = args.inputs[0].elements / args.inputs[1].elements;
  return prepared;
}

}  // namespace lockstep::kernels
