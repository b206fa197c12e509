#include <algorithm>
#include <cstring>

#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/layers.h"

namespace lockstep::engine {

bool FitsGather(const LayerRun& run) {
  if (!HasTensors(run, 1) || run.x().dtype() != run.y().dtype()) return false;
  const joint::Gather& gather = *run.layer->options_as_Gather();
  const auto& x = *run.x().shape();
  const auto& y = *run.y().shape();
  const auto axis = static_cast<uint32_t>(gather.axis());
  if (x.size() != y.size() || axis >= x.size()) return false;
  for (uint32_t i = 0; i < x.size(); ++i) {
    if (i != axis && x[i] != y[i]) return false;
  }
  return gather.index()->size() == static_cast<uint32_t>(y[axis]) &&
         std::all_of(gather.index()->begin(), gather.index()->end(),
                     [&](int32_t index) { return index >= -1 && index < x[axis]; });
}

void RunGather(const LayerRun& run) {
  const joint::Gather& gather = *run.layer->options_as_Gather();
  const size_t size = ElementSize(run.y().dtype());
  const uint64_t fill = gather.fill();  // its low bytes come first
  const Extents in(run.x());
  ForEachElement(Extents(run.y()), [&](size_t i, Coordinates at) {
    const int32_t index = gather.index()->Get(static_cast<uint32_t>(at[static_cast<size_t>(gather.axis())]));
    const void* from = &fill;
    if (index >= 0) {
      at[static_cast<size_t>(gather.axis())] = static_cast<size_t>(index);
      from = run.inputs[0].data + in.IndexOf(at) * size;
    }
    std::memcpy(run.outputs[0].data + i * size, from, size);
  });
}

}  // namespace lockstep::engine
