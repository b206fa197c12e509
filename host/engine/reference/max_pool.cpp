#include <algorithm>

#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/layers.h"

namespace lockstep::engine {
bool FitsMaxPool(const LayerRun& run) {
  if (HasFloatOutput(run)) return FitsFloatMaxPool(run);
  const joint::MaxPool& pool = *run.layer->options_as_MaxPool();
  return HasTensors(run, 1) && IsActivation(run.x().dtype()) && run.x().dtype() == run.y().dtype() &&
         FitsWindow(run, pool, pool.kernel_h(), pool.kernel_w(), 1, 1) &&
         run.x().shape()->Get(3) == run.y().shape()->Get(3);
}

void RunMaxPool(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloatMaxPool(run);
  const joint::MaxPool& pool = *run.layer->options_as_MaxPool();
  const Extents in(run.x());
  const std::vector<int32_t> x = ReadElements(run.inputs[0]);
  const int32_t height = run.x().shape()->Get(1);
  const int32_t width = run.x().shape()->Get(2);
  std::vector<int32_t> y(ElementCount(run.y()));
  ForEachElement(Extents(run.y()), [&](size_t i, const Coordinates& at) {
    int32_t max = 0;
    for (int32_t ky = 0; ky < pool.kernel_h(); ++ky) {
      for (int32_t kx = 0; kx < pool.kernel_w(); ++kx) {
        const int32_t iy = static_cast<int32_t>(at[1]) * pool.stride_h() - pool.pad_top() + ky;
        const int32_t ix = static_cast<int32_t>(at[2]) * pool.stride_w() - pool.pad_left() + kx;
        if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
        max = std::max(max, x[in.IndexOf({at[0], static_cast<size_t>(iy), static_cast<size_t>(ix), at[3]})]);
      }
    }
    y[i] = max;
  });
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
