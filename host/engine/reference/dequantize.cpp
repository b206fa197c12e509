#include <cstring>

#include "engine/reference/fits.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsDequantize(const LayerRun& run) {
  return HasTensors(run, 1) && IsQuantized(run.x()) && run.y().dtype() == joint::DType::F32 &&
         SameShape(run.x(), run.y());
}

void RunDequantize(const LayerRun& run) {
  const std::vector<int32_t> x = ReadElements(run.inputs[0]);
  for (size_t i = 0; i < x.size(); ++i) {
    const float value = Scale(run.x()) * static_cast<float>(x[i] - ZeroPoint(run.x()));
    std::memcpy(run.outputs[0].data + i * sizeof(value), &value, sizeof(value));
  }
}

}  // namespace lockstep::engine
