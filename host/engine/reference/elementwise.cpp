// Operators whose output element depends on the same place of the inputs, and Softmax.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"
#include "lockstep/arithmetic.h"

namespace lockstep::engine {
namespace {

std::vector<int32_t> Integers(const Operand& operand) {
  return ReadIntegers(operand.tensor->dtype(), operand.data, ElementCount(*operand.tensor));
}

// The elements of an operand of Add or Mul, repeated to the shape of the output (an axis that the operand lacks is an
// outer one), less the zero point.
std::vector<int32_t> BroadcastDifferences(const Operand& operand, const joint::Tensor& output) {
  const std::vector<int32_t> values = Integers(operand);
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

std::vector<int32_t> Add(const LayerRun& run, const joint::Add& add) {
  const std::vector<int32_t> a = BroadcastDifferences(run.inputs[0], *run.output);
  const std::vector<int32_t> b = BroadcastDifferences(run.inputs[1], *run.output);
  std::vector<int32_t> y(a.size());
  for (size_t i = 0; i < y.size(); ++i) {
    const int64_t sum = rq1::WeightedSum(a[i], add.multiplier_a(), b[i], add.multiplier_b(), add.shift());
    y[i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(*run.output) + sum, add.clamp_low(), add.clamp_high()));
  }
  return y;
}

std::vector<int32_t> Mul(const LayerRun& run, const joint::Mul& mul) {
  const std::vector<int32_t> a = BroadcastDifferences(run.inputs[0], *run.output);
  const std::vector<int32_t> b = BroadcastDifferences(run.inputs[1], *run.output);
  std::vector<int32_t> y(a.size());
  for (size_t i = 0; i < y.size(); ++i) {
    const int64_t product = rq1::RequantizeWide(int64_t{a[i]} * b[i], mul.multiplier(), mul.shift());
    y[i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(*run.output) + product, mul.clamp_low(), mul.clamp_high()));
  }
  return y;
}

std::vector<int32_t> Softmax(const LayerRun& run, const joint::Softmax& softmax) {
  const std::vector<int32_t> x = Integers(run.inputs[0]);
  const size_t length = run.output->shape()->Get(run.output->shape()->size() - 1);
  std::vector<int32_t> y(x.size());
  for (size_t row = 0; row < x.size(); row += length) {
    const int32_t max = *std::max_element(x.begin() + row, x.begin() + row + length);
    uint64_t sum = 0;
    for (size_t j = row; j < row + length; ++j) sum += softmax.table()->Get(max - x[j]);
    for (size_t j = row; j < row + length; ++j) {
      const uint64_t e = softmax.table()->Get(max - x[j]);
      const uint64_t share = (e * softmax.numerator() + sum / 2) / sum;
      y[j] = static_cast<int32_t>(std::min<uint64_t>(share, TypeHigh(run.output->dtype())));
    }
  }
  return y;
}

std::vector<int32_t> Lookup(const LayerRun& run, const joint::Lookup& lookup) {
  const std::vector<int32_t> table = ReadIntegers(run.output->dtype(), lookup.table()->data(), 256);
  std::vector<int32_t> y = Integers(run.inputs[0]);
  for (int32_t& value : y) value = table[value];
  return y;
}

std::vector<int32_t> ChannelLookup(const LayerRun& run, const joint::ChannelLookup& lookup) {
  const size_t channels = lookup.table()->size() / 256;
  std::vector<int32_t> y = Integers(run.inputs[0]);
  for (size_t i = 0; i < y.size(); ++i) y[i] = lookup.table()->Get((i % channels) * 256 + y[i]);
  return y;
}

std::vector<int32_t> Rescale(const LayerRun& run, const joint::Rescale& rescale) {
  std::vector<int32_t> y = Integers(run.inputs[0]);
  for (int32_t& value : y) {
    const int64_t scaled =
        rq1::Requantize(value - ZeroPoint(*run.inputs[0].tensor), rescale.multiplier(), rescale.shift());
    value = static_cast<int32_t>(rq1::Clamp(ZeroPoint(*run.output) + scaled, 0, TypeHigh(run.output->dtype())));
  }
  return y;
}

void Dequantize(const LayerRun& run) {
  const std::vector<int32_t> x = Integers(run.inputs[0]);
  for (size_t i = 0; i < x.size(); ++i) {
    const float value = Scale(*run.inputs[0].tensor) * static_cast<float>(x[i] - ZeroPoint(*run.inputs[0].tensor));
    std::memcpy(run.result + i * sizeof(value), &value, sizeof(value));
  }
}

}  // namespace

void RunElementwise(const LayerRun& run) {
  const joint::Layer& layer = *run.layer;
  std::vector<int32_t> y;
  switch (layer.options_type()) {
    case joint::Options::Add:
      y = Add(run, *layer.options_as_Add());
      break;
    case joint::Options::Mul:
      y = Mul(run, *layer.options_as_Mul());
      break;
    case joint::Options::Softmax:
      y = Softmax(run, *layer.options_as_Softmax());
      break;
    case joint::Options::Lookup:
      y = Lookup(run, *layer.options_as_Lookup());
      break;
    case joint::Options::ChannelLookup:
      y = ChannelLookup(run, *layer.options_as_ChannelLookup());
      break;
    case joint::Options::Rescale:
      y = Rescale(run, *layer.options_as_Rescale());
      break;
    case joint::Options::Dequantize:
      return Dequantize(run);
    default:
      throw std::logic_error("layer '" + layer.name()->str() + "' is not elementwise");
  }
  WriteIntegers(y, run.output->dtype(), run.result);
}

}  // namespace lockstep::engine
