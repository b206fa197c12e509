#include "arithmetic/f1.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {

bool FitsQuantize(const LayerRun& run) {
  const joint::Quantize& quantize = *run.layer->options_as_Quantize();
  return HasTensors(run, 1) && IsFloat(run.x()) && IsQuantized(run.y()) && SameShape(run.x(), run.y()) &&
         quantize.clamp_low() >= 0 && quantize.clamp_low() <= ZeroPoint(run.y()) &&
         quantize.clamp_high() >= ZeroPoint(run.y()) && quantize.clamp_high() <= TypeHigh(run.y().dtype());
}

void RunQuantize(const LayerRun& run) {
  const joint::Quantize& quantize = *run.layer->options_as_Quantize();
  const std::vector<float> x = ReadFloats(run.inputs[0]);
  std::vector<int32_t> y(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    y[i] = f1::Quantize(x[i], Scale(run.y()), ZeroPoint(run.y()), quantize.clamp_low(), quantize.clamp_high());
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
