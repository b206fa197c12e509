#include "engine/reference/fits.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsLookup(const LayerRun& run) {
  return HasTensors(run, 1) && IsQuantized(run.x()) && IsActivation(run.y().dtype()) && SameShape(run.x(), run.y()) &&
         run.layer->options_as_Lookup()->table()->size() == TableEntries(run.x()) * ElementSize(run.y().dtype());
}

void RunLookup(const LayerRun& run) {
  const std::vector<int32_t> table =
      ReadIntegers(run.y().dtype(), run.layer->options_as_Lookup()->table()->data(), TableEntries(run.x()));
  std::vector<int32_t> y = ReadElements(run.inputs[0]);
  for (int32_t& value : y) value = table[value];
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
