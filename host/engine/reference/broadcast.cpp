#include "engine/reference/broadcast.h"

#include "engine/reference/fits.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool IsBroadcast(const LayerRun& run) {
  const auto& y = *run.y().shape();
  for (const Operand& operand : run.inputs) {
    const auto& x = *operand.tensor->shape();
    if (x.size() > y.size()) return false;
    for (uint32_t i = 0; i < x.size(); ++i) {
      if (x[i] != y[y.size() - x.size() + i] && x[i] != 1) return false;
    }
  }
  return true;
}

bool FitsBroadcast(const LayerRun& run) {
  return HasTensors(run, 2) && IsQuantized(run.x()) && IsQuantized(*run.inputs[1].tensor) && IsQuantized(run.y()) &&
         IsBroadcast(run);
}

std::vector<size_t> BroadcastIndices(const joint::Tensor& tensor, const joint::Tensor& output) {
  const auto& from = *tensor.shape();
  const auto& to = *output.shape();
  std::vector<size_t> result(ElementCount(output));
#pragma omp parallel for if (result.size() > kSerialElements)
  for (size_t i = 0; i < result.size(); ++i) {
    size_t rest = i;
    size_t index = 0;
    size_t stride = 1;
    for (size_t axis = from.size(); axis-- > 0;) {
      const size_t extent = to[axis + to.size() - from.size()];
      if (from[axis] != 1) index += rest % extent * stride;
      rest /= extent;
      stride *= from[axis];
    }
    result[i] = index;
  }
  return result;
}

std::vector<int32_t> BroadcastDifferences(const Operand& operand, const joint::Tensor& output) {
  const std::vector<int32_t> values = ReadElements(operand);
  const int32_t zero_point = ZeroPoint(*operand.tensor);
  std::vector<int32_t> result;
  for (const size_t index : BroadcastIndices(*operand.tensor, output)) result.push_back(values[index] - zero_point);
  return result;
}

}  // namespace lockstep::engine
