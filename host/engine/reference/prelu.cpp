#include <cstring>

#include "arithmetic/rq1.h"
#include "engine/reference/broadcast.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

int64_t SlopeAt(const Operand& slopes, size_t index) {
  if (slopes.tensor->dtype() == joint::DType::S8) return static_cast<int8_t>(slopes.data[index]);
  int16_t slope = 0;
  std::memcpy(&slope, slopes.data + index * sizeof slope, sizeof slope);
  return slope;
}

void RunFloats(const LayerRun& run) {
  std::vector<float> values = ReadFloats(run.inputs[0]);
  const std::vector<float> slopes = ReadFloats(run.inputs[1]);
  const std::vector<size_t> indices = BroadcastIndices(*run.inputs[1].tensor, run.y());
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] < 0.0F) values[i] = slopes[indices[i]] * values[i];
  }
  WriteFloats(values, run.outputs[0]);
}

}  // namespace

bool FitsPRelu(const LayerRun& run) {
  if (!HasTensors(run, 2) || !SameShape(run.x(), run.y()) || !IsBroadcast(run)) return false;
  const joint::Tensor& slope = *run.inputs[1].tensor;
  if (HasFloatOutput(run)) return IsFloat(run.x()) && IsFloat(slope);
  const joint::PRelu& prelu = *run.layer->options_as_PRelu();
  const bool is_signed = slope.dtype() == joint::DType::S8 || slope.dtype() == joint::DType::S16;
  return is_signed && IsQuantized(run.x()) && IsQuantized(run.y()) && IsShift(prelu.shift()) &&
         IsShift(prelu.slope_shift()) && prelu.clamp_low() >= 0 && prelu.clamp_high() <= TypeHigh(run.y().dtype());
}

void RunPRelu(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloats(run);
  const joint::PRelu& prelu = *run.layer->options_as_PRelu();
  const std::vector<int32_t> x = ReadElements(run.inputs[0]);
  const std::vector<size_t> slopes = BroadcastIndices(*run.inputs[1].tensor, run.y());
  std::vector<int32_t> y(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const int64_t d = int64_t{x[i]} - ZeroPoint(run.x());
    const int64_t scaled = d >= 0 ? rq1::RequantizeWide(d, prelu.multiplier(), prelu.shift())
                                  : rq1::RequantizeWide(d * SlopeAt(run.inputs[1], slopes[i]), prelu.slope_multiplier(),
                                                        prelu.slope_shift());
    y[i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + scaled, prelu.clamp_low(), prelu.clamp_high()));
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
