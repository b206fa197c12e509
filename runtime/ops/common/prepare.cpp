#include "ops/common/prepare.h"

#include "ops/common/elements.h"

namespace lockstep::kernels {

int64_t ImageRows(const TensorView& view) { return int64_t{view.shape[0]} * view.shape[1]; }

int64_t OuterElements(const TensorView& view, int32_t axis) {
  int64_t count = 1;
  for (int32_t i = 0; i < axis; ++i) count *= view.shape[i];
  return count;
}

uint64_t Aligned(int64_t bytes) { return static_cast<uint64_t>((bytes + 63) / 64 * 64); }

Prepared PrepareElements(const LayerArgs& args) {
  Prepared prepared;
  prepared.units = ElementUnits(args.outputs[0].elements);
  return prepared;
}

Prepared PrepareImageRows(const LayerArgs& args) {
  Prepared prepared;
  prepared.units = ImageRows(args.outputs[0]);
  return prepared;
}

}  // namespace lockstep::kernels
