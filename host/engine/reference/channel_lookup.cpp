#include "engine/reference/fits.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsChannelLookup(const LayerRun& run) {
  if (!HasTensors(run, 1) || run.x().dtype() != joint::DType::U8 || run.y().dtype() != joint::DType::U8) return false;
  const auto channels = static_cast<uint32_t>(run.x().shape()->Get(run.x().shape()->size() - 1));
  return SameShape(run.x(), run.y()) && run.layer->options_as_ChannelLookup()->table()->size() == 256 * channels;
}

void RunChannelLookup(const LayerRun& run) {
  const joint::ChannelLookup& lookup = *run.layer->options_as_ChannelLookup();
  const size_t channels = lookup.table()->size() / 256;
  std::vector<int32_t> y = ReadElements(run.inputs[0]);
  for (size_t i = 0; i < y.size(); ++i) y[i] = lookup.table()->Get((i % channels) * 256 + y[i]);
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
