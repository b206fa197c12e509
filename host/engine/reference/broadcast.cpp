#include "engine/reference/broadcast.h"

#include "engine/reference/fits.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsBroadcast(const LayerRun& run) {
  if (!HasTensors(run, 2) || !IsQuantized(run.y())) return false;
  const auto& y = *run.y().shape();
  for (const Operand& operand : run.inputs) {
    const auto& x = *operand.tensor->shape();
    if (!IsQuantized(*operand.tensor) || x.size() > y.size()) return false;
    for (uint32_t i = 0; i < x.size(); ++i) {
      if (x[i] != y[y.size() - x.size() + i] && x[i] != 1) return false;
    }
  }
  return true;
}

std::vector<int32_t> BroadcastDifferences(const Operand& operand, const joint::Tensor& output) {
  const std::vector<int32_t> values = ReadElements(operand);
  const int32_t zero_point = ZeroPoint(*operand.tensor);
  const auto& from = *operand.tensor->shape();
  const auto& to = *output.shape();
  std::vector<int32_t> result(ElementCount(output));
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
    result[i] = values[index] - zero_point;
  }
  return result;
}

}  // namespace lockstep::engine
