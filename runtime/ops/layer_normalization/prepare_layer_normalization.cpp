#include "ops/layer_normalization/layer_normalization.h"
#include "ops/layer_normalization/normalise_row.h"

namespace lockstep::kernels {

Prepared PrepareLayerNormalization(const LayerArgs& args) {
  Prepared prepared;
  prepared.units = args.inputs[0].elements / args.inputs[1].elements;
  return prepared;
}

// A normalised difference is at most sqrt(n) * 2^fraction_bits.
bool AcceptsLayerNormalization512(const LayerArgs& args) {
  const joint::LayerNormalization& o = *args.layer->options_as_LayerNormalization();
  return args.inputs[1].elements < int64_t{1} << (60 - 2 * o.fraction_bits());
}

bool AcceptsLayerNormalizationLanes(const LayerArgs& args) {
  return args.inputs[1].elements >= kFewestNormalised && AcceptsLayerNormalization512(args);
}

}  // namespace lockstep::kernels
