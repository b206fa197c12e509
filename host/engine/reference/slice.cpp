#include <cstring>

#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/layers.h"

namespace lockstep::engine {
bool FitsSlice(const LayerRun& run) {
  if (!HasTensors(run, 1) || run.x().dtype() != run.y().dtype()) return false;
  const joint::Slice& slice = *run.layer->options_as_Slice();
  const auto& x = *run.x().shape();
  const auto& y = *run.y().shape();
  if (x.size() != y.size() || slice.start()->size() != x.size() || slice.step()->size() != x.size()) return false;
  for (uint32_t i = 0; i < x.size(); ++i) {
    const int64_t start = slice.start()->Get(i);
    const int64_t step = slice.step()->Get(i);
    if (start < 0 || step < 1 || start + step * (int64_t{y[i]} - 1) >= x[i]) return false;
  }
  return true;
}

void RunSlice(const LayerRun& run) {
  const joint::Slice& slice = *run.layer->options_as_Slice();
  const size_t size = ElementSize(run.y().dtype());
  const Extents in(run.x());
  const Extents out(run.y());
  const size_t step = slice.step()->Get(static_cast<uint32_t>(out.last_axis()));
  ForEachRow(out, [&](size_t first, Coordinates at) {
    for (size_t axis = 0; axis < slice.start()->size(); ++axis) {
      at[axis] = slice.start()->Get(axis) + at[axis] * slice.step()->Get(axis);
    }
    const size_t from = in.IndexOf(at);
    for (size_t i = 0; i < out.row_length(); ++i) {
      std::memcpy(run.outputs[0].data + (first + i) * size, run.inputs[0].data + (from + i * step) * size, size);
    }
  });
}

}  // namespace lockstep::engine
