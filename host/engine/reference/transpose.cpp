#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/layers.h"

namespace lockstep::engine {
bool FitsTranspose(const LayerRun& run) {
  if (!HasTensors(run, 1) || run.x().dtype() != run.y().dtype()) return false;
  const auto& perm = *run.layer->options_as_Transpose()->perm();
  const auto& x = *run.x().shape();
  const auto& y = *run.y().shape();
  if (x.size() != y.size() || perm.size() != x.size()) return false;
  std::vector<bool> seen(x.size(), false);
  for (uint32_t i = 0; i < x.size(); ++i) {
    const auto from = static_cast<uint32_t>(perm[i]);
    if (from >= x.size() || seen[from] || x[from] != y[i]) return false;
    seen[from] = true;
  }
  return true;
}

void RunTranspose(const LayerRun& run) {
  const auto& perm = *run.layer->options_as_Transpose()->perm();
  CopyElements(run, [&](const Coordinates& at) {
    Coordinates from = {};
    for (uint32_t axis = 0; axis < perm.size(); ++axis) from[perm[axis]] = at[axis];
    return from;
  });
}

}  // namespace lockstep::engine
