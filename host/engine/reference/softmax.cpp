#include <algorithm>

#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsSoftmax(const LayerRun& run) {
  if (HasFloatOutput(run)) return FitsFloatSoftmax(run);
  const size_t entries = run.layer->options_as_Softmax()->table()->size();
  return HasTensors(run, 1) && IsQuantized(run.x()) && IsQuantized(run.y()) && SameShape(run.x(), run.y()) &&
         (run.x().dtype() == joint::DType::U8 ? entries == 256 : entries >= 1);
}

void RunSoftmax(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloatSoftmax(run);
  const joint::Softmax& softmax = *run.layer->options_as_Softmax();
  const std::vector<int32_t> x = ReadElements(run.inputs[0]);
  const size_t length = run.y().shape()->Get(run.y().shape()->size() - 1);
  std::vector<int32_t> y(x.size());
  const auto exponential = [&](int32_t difference) -> uint64_t {
    const auto entry = static_cast<uint32_t>(difference);
    return entry < softmax.table()->size() ? softmax.table()->Get(entry) : 0;
  };
  for (size_t row = 0; row < x.size(); row += length) {
    const int32_t max = *std::max_element(x.begin() + row, x.begin() + row + length);
    uint64_t sum = 0;
    for (size_t j = row; j < row + length; ++j) sum += exponential(max - x[j]);
    for (size_t j = row; j < row + length; ++j) {
      const uint64_t e = exponential(max - x[j]);
      const uint64_t share = (e * softmax.numerator() + sum / 2) / sum;
      y[j] = static_cast<int32_t>(std::min<uint64_t>(share, High(run.y())));
    }
  }
  WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
