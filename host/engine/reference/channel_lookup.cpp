#include "engine/reference/fits.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsChannelLookup(const LayerRun& run) {
  if (!HasTensors(run, 1) || !IsQuantized(run.x()) || !IsQuantized(run.y())) return false;
  const auto channels = static_cast<uint32_t>(run.x().shape()->Get(run.x().shape()->size() - 1));
  return SameShape(run.x(), run.y()) && run.layer->options_as_ChannelLookup()->table()->size() ==
                                            TableEntries(run.x()) * channels * ElementSize(run.y().dtype());
}

void RunChannelLookup(const LayerRun& run) {
  const joint::ChannelLookup& lookup = *run.layer->options_as_ChannelLookup();
  const size_t entries = TableEntries(run.x());
  const auto channels = static_cast<size_t>(run.x().shape()->Get(run.x().shape()->size() - 1));
  const std::vector<int32_t> table = ReadIntegers(run.y().dtype(), lookup.table()->data(), entries * channels);
  std::vector<int32_t> y = ReadElements(run.inputs[0]);
  for (size_t i = 0; i < y.size(); ++i) y[i] = table[(i % channels) * entries + static_cast<size_t>(y[i])];
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
