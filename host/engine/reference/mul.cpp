#include "arithmetic/rq1.h"
#include "engine/reference/broadcast.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsMul(const LayerRun& run) {
  if (HasFloatOutput(run)) return FitsFloatBinary(run);
  return FitsBroadcast(run) && IsShift(run.layer->options_as_Mul()->shift());
}

void RunMul(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloatMul(run);
  const joint::Mul& mul = *run.layer->options_as_Mul();
  const std::vector<int32_t> a = BroadcastDifferences(run.inputs[0], run.y());
  const std::vector<int32_t> b = BroadcastDifferences(run.inputs[1], run.y());
  std::vector<int32_t> y(a.size());
  for (size_t i = 0; i < y.size(); ++i) {
    const int64_t product = rq1::RequantizeWide(int64_t{a[i]} * b[i], mul.multiplier(), mul.shift());
    y[i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + product, mul.clamp_low(), mul.clamp_high()));
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
