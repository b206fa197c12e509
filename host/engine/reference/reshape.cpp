#include <cstring>

#include "engine/reference/fits.h"
#include "engine/reference/layers.h"

namespace lockstep::engine {
bool FitsReshape(const LayerRun& run) {
  return HasTensors(run, 1) && run.x().dtype() == run.y().dtype() && run.x().bytes() == run.y().bytes();
}

void RunReshape(const LayerRun& run) { std::memcpy(run.outputs[0].data, run.inputs[0].data, run.y().bytes()); }

}  // namespace lockstep::engine
