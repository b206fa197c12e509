#include "arithmetic/rq1.h"
#include "engine/reference/broadcast.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsAdd(const LayerRun& run) {
  if (HasFloatOutput(run)) return FitsFloatBinary(run);
  const int32_t shift = run.layer->options_as_Add()->shift();
  return FitsBroadcast(run) && shift >= 1 && shift <= 46;
}

void RunAdd(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloatAdd(run);
  const joint::Add& add = *run.layer->options_as_Add();
  const std::vector<int32_t> a = BroadcastDifferences(run.inputs[0], run.y());
  const std::vector<int32_t> b = BroadcastDifferences(run.inputs[1], run.y());
  std::vector<int32_t> y(a.size());
  for (size_t i = 0; i < y.size(); ++i) {
    const int64_t sum = rq1::WeightedSum(a[i], add.multiplier_a(), b[i], add.multiplier_b(), add.shift());
    y[i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + sum, add.clamp_low(), add.clamp_high()));
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
