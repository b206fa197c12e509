#include "arithmetic/rq1.h"
#include "engine/reference/fits.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsRescale(const LayerRun& run) {
  return HasTensors(run, 1) && IsQuantized(run.x()) && IsQuantized(run.y()) && SameShape(run.x(), run.y()) &&
         IsShift(run.layer->options_as_Rescale()->shift());
}

void RunRescale(const LayerRun& run) {
  const joint::Rescale& rescale = *run.layer->options_as_Rescale();
  std::vector<int32_t> y = ReadElements(run.inputs[0]);
  for (int32_t& value : y) {
    const int64_t scaled = rq1::Requantize(value - ZeroPoint(run.x()), rescale.multiplier(), rescale.shift());
    value = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + scaled, 0, TypeHigh(run.y().dtype())));
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
