// Softmax in floats: maximum, exponentials, a sum in lanes, one division each.
#include <algorithm>
#include <cstddef>

#include "arithmetic/f1_exponential.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"

namespace lockstep::engine {

bool FitsFloatSoftmax(const LayerRun& run) {
  return HasTensors(run, 1) && IsFloat(run.x()) && IsFloat(run.y()) && SameShape(run.x(), run.y());
}

void RunFloatSoftmax(const LayerRun& run) {
  std::vector<float> values = ReadFloats(run.inputs[0]);
  const auto& shape = *run.y().shape();
  const auto length = static_cast<size_t>(shape[shape.size() - 1]);
  for (size_t row = 0; row < values.size(); row += length) {
    int32_t key = INT32_MIN;
    for (size_t j = 0; j < length; ++j) key = std::max(key, f1::OrderKey(values[row + j]));
    const float maximum = f1::FromOrderKey(key);
    float lanes[f1::kSumLanes] = {};
    for (size_t j = 0; j < length; ++j) {
      values[row + j] = f1::Exp(values[row + j] - maximum);
      lanes[j % f1::kSumLanes] = lanes[j % f1::kSumLanes] + values[row + j];
    }
    const float sum = f1::SumOfLanes(lanes);
    for (size_t j = 0; j < length; ++j) values[row + j] = values[row + j] / sum;
  }
  WriteFloats(values, run.outputs[0]);
}

}  // namespace lockstep::engine
