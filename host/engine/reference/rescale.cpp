#include "arithmetic/rq1.h"
#include "engine/reference/fits.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

bool IsSigned(const joint::Tensor& tensor) {
  return tensor.dtype() == joint::DType::S8 || tensor.dtype() == joint::DType::S16;
}

}  // namespace

bool FitsRescale(const LayerRun& run) {
  return HasTensors(run, 1) && (IsSigned(run.x()) || IsQuantized(run.x())) && IsQuantized(run.y()) &&
         SameShape(run.x(), run.y()) && IsShift(run.layer->options_as_Rescale()->shift());
}

void RunRescale(const LayerRun& run) {
  const joint::Rescale& rescale = *run.layer->options_as_Rescale();
  std::vector<int32_t> y = ReadElements(run.inputs[0]);
  const int32_t x_zero_point = IsSigned(run.x()) ? 0 : ZeroPoint(run.x());
  for (int32_t& value : y) {
    const int64_t scaled = rq1::Requantize(value - x_zero_point, rescale.multiplier(), rescale.shift());
    value = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + scaled, 0, High(run.y())));
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
