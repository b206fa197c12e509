#include "arithmetic/rq1.h"
#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_values.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

// An input as it lies in an F32 output: dequantised, or the same bits.
std::vector<float> RealValues(const Operand& operand) {
  if (IsFloat(*operand.tensor)) return ReadFloats(operand);
  std::vector<float> values;
  for (const int32_t q : ReadElements(operand)) {
    values.push_back(Scale(*operand.tensor) * static_cast<float>(q - ZeroPoint(*operand.tensor)));
  }
  return values;
}

// An input in the scale of a quantised output.
std::vector<int32_t> RescaledValues(const LayerRun& run, size_t input) {
  const joint::Concat& concat = *run.layer->options_as_Concat();
  const joint::Tensor& in = *run.inputs[input].tensor;
  const auto entry = static_cast<uint32_t>(input);
  std::vector<int32_t> values = ReadElements(run.inputs[input]);
  if (concat.multiplier()->Get(entry) == 0) return values;
  for (int32_t& value : values) {
    const int64_t scaled =
        rq1::Requantize(value - ZeroPoint(in), concat.multiplier()->Get(entry), concat.shift()->Get(entry));
    value = static_cast<int32_t>(rq1::Clamp(ZeroPoint(run.y()) + scaled, 0, High(run.y())));
  }
  return values;
}

// The values of one input to where it lies along the axis.
template <typename Value>
void Place(const LayerRun& run, size_t input, const std::vector<Value>& values, std::vector<Value>& y) {
  const auto axis = static_cast<size_t>(run.layer->options_as_Concat()->axis());
  size_t begin = 0;  // of the input's part of the axis
  for (size_t i = 0; i < input; ++i) begin += run.inputs[i].tensor->shape()->Get(static_cast<uint32_t>(axis));
  const Extents out(run.y());
  const Extents extents(*run.inputs[input].tensor);
  ForEachElement(extents, [&](size_t i, Coordinates at) {
    at[axis] += begin;
    y[out.IndexOf(at)] = values[i];
  });
}

}  // namespace

bool FitsConcat(const LayerRun& run) {
  if (run.inputs.empty() || run.outputs.size() != 1) return false;
  const joint::Concat& concat = *run.layer->options_as_Concat();
  const auto& y = *run.y().shape();
  const auto axis = static_cast<uint32_t>(concat.axis());
  if (axis >= y.size()) return false;
  int64_t total = 0;
  for (const Operand& operand : run.inputs) {
    const auto& x = *operand.tensor->shape();
    const bool both_float = IsFloat(*operand.tensor) && IsFloat(run.y());
    if ((!IsQuantized(*operand.tensor) && !both_float) || x.size() != y.size()) return false;
    for (uint32_t i = 0; i < y.size(); ++i) {
      if (i != axis && x[i] != y[i]) return false;
    }
    total += x[axis];
  }
  if (total != y[axis]) return false;
  if (run.y().dtype() == joint::DType::F32) return true;
  return IsQuantized(run.y()) && concat.multiplier() != nullptr && concat.shift() != nullptr &&
         concat.multiplier()->size() == run.inputs.size() && concat.shift()->size() == run.inputs.size() &&
         AreShifts(*concat.shift());
}

void RunConcat(const LayerRun& run) {
  if (IsFloat(run.y())) {
    std::vector<float> y(static_cast<size_t>(ElementCount(run.y())));
    for (size_t input = 0; input < run.inputs.size(); ++input) Place(run, input, RealValues(run.inputs[input]), y);
    CopyFloats(y, run.outputs[0]);
  } else {
    std::vector<int32_t> y(static_cast<size_t>(ElementCount(run.y())));
    for (size_t input = 0; input < run.inputs.size(); ++input) Place(run, input, RescaledValues(run, input), y);
    WriteElements(y, run.outputs[0]);
  }
}

}  // namespace lockstep::engine
