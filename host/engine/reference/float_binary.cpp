// Add and Mul in floats.
#include <cstddef>

#include "engine/reference/broadcast.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

template <typename Combine>
void RunBinary(const LayerRun& run, Combine combine) {
  const std::vector<size_t> a = BroadcastIndices(run.x(), run.y());
  const std::vector<size_t> b = BroadcastIndices(*run.inputs[1].tensor, run.y());
  const std::vector<float> left = ReadFloats(run.inputs[0]);
  const std::vector<float> right = ReadFloats(run.inputs[1]);
  std::vector<float> y(a.size());
  for (size_t i = 0; i < y.size(); ++i) y[i] = combine(left[a[i]], right[b[i]]);
  WriteFloats(y, run.outputs[0]);
}

}  // namespace

bool FitsFloatBinary(const LayerRun& run) {
  return HasTensors(run, 2) && IsFloat(run.x()) && IsFloat(*run.inputs[1].tensor) && IsFloat(run.y()) &&
         IsBroadcast(run);
}

void RunFloatAdd(const LayerRun& run) {
  if (run.layer->options_as_Add()->subtract()) {
    RunBinary(run, [](float a, float b) { return a - b; });
  } else {
    RunBinary(run, [](float a, float b) { return a + b; });
  }
}

void RunFloatMul(const LayerRun& run) {
  if (run.layer->options_as_Mul()->divide()) {
    RunBinary(run, [](float a, float b) { return a / b; });
  } else {
    RunBinary(run, [](float a, float b) { return a * b; });
  }
}

}  // namespace lockstep::engine
