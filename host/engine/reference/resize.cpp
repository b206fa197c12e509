#include <algorithm>

#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/layers.h"

namespace lockstep::engine {
bool FitsResize(const LayerRun& run) {
  if (!HasTensors(run, 1) || run.x().dtype() != run.y().dtype()) return false;
  const joint::Resize& resize = *run.layer->options_as_Resize();
  const auto& x = *run.x().shape();
  const auto& y = *run.y().shape();
  if (x.size() != 4 || y.size() != 4 || x[0] != y[0] || x[3] != y[3]) return false;
  const auto within = [](const flatbuffers::Vector<int32_t>& indices, int32_t count, int32_t limit) {
    return indices.size() == static_cast<uint32_t>(count) &&
           std::all_of(indices.begin(), indices.end(), [limit](int32_t i) { return i >= 0 && i < limit; });
  };
  return within(*resize.rows(), y[1], x[1]) && within(*resize.columns(), y[2], x[2]);
}

void RunResize(const LayerRun& run) {
  const joint::Resize& resize = *run.layer->options_as_Resize();
  CopyElements(run, [&](const Coordinates& at) {
    return Coordinates{at[0], static_cast<size_t>(resize.rows()->Get(at[1])),
                       static_cast<size_t>(resize.columns()->Get(at[2])), at[3]};
  });
}

}  // namespace lockstep::engine
