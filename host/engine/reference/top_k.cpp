#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "engine/reference/fits.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

// -inf < .. < -0 = +0 < .. < inf < NaN; integers are their own numbers.
bool IsBelow(double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; }

std::vector<double> Numbers(const Operand& x) {
  if (IsFloat(*x.tensor)) {
    const std::vector<float> values = ReadFloats(x);
    return {values.begin(), values.end()};
  }
  const std::vector<int32_t> values = ReadElements(x);
  return {values.begin(), values.end()};
}

}  // namespace

bool FitsTopK(const LayerRun& run) {
  if (run.inputs.size() != 1 || run.outputs.size() != 2) return false;
  const joint::Tensor& indices = *run.outputs[1].tensor;
  const bool typed = (IsActivation(run.x().dtype()) || IsFloat(run.x())) && run.x().dtype() == run.y().dtype() &&
                     indices.dtype() == joint::DType::S64;
  const auto& x = *run.x().shape();
  const auto& y = *run.y().shape();
  if (!typed || !SameShape(run.y(), indices) || x.size() != y.size()) return false;
  const auto axis = static_cast<uint32_t>(run.layer->options_as_TopK()->axis());
  if (axis >= x.size()) return false;
  for (uint32_t i = 0; i < x.size(); ++i) {
    if (i == axis ? y[i] > x[i] : y[i] != x[i]) return false;
  }
  return true;
}

void RunTopK(const LayerRun& run) {
  const joint::TopK& options = *run.layer->options_as_TopK();
  const auto axis = static_cast<uint32_t>(options.axis());
  const auto& shape = *run.x().shape();
  size_t inner = 1;
  for (uint32_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  const auto length = static_cast<size_t>(shape[axis]);
  const auto count = static_cast<size_t>(run.y().shape()->Get(axis));
  const std::vector<double> numbers = Numbers(run.inputs[0]);
  const size_t size = ElementSize(run.y().dtype());
  std::vector<int64_t> order(length);
  for (size_t row = 0; row < numbers.size() / length; ++row) {
    const size_t begin = row / inner * length * inner + row % inner;
    std::iota(order.begin(), order.end(), int64_t{0});
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      const double one = numbers[begin + a * inner];
      const double other = numbers[begin + b * inner];
      return options.largest() ? IsBelow(other, one) : IsBelow(one, other);
    });
    for (size_t i = 0; i < count; ++i) {
      const size_t to = (row / inner * count + i) * inner + row % inner;
      const size_t from = begin + order[i] * inner;
      std::memcpy(run.outputs[0].data + to * size, run.inputs[0].data + from * size, size);
      std::memcpy(run.outputs[1].data + to * sizeof(int64_t), &order[i], sizeof(int64_t));
    }
  }
}

}  // namespace lockstep::engine
