#include <cstring>

#include "arithmetic/rq1.h"
#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsConcat(const LayerRun& run) {
  if (run.inputs.empty() || run.outputs.size() != 1) return false;
  const joint::Concat& concat = *run.layer->options_as_Concat();
  const auto& y = *run.y().shape();
  const auto axis = static_cast<uint32_t>(concat.axis());
  if (axis >= y.size()) return false;
  int64_t total = 0;
  for (const Operand& operand : run.inputs) {
    const auto& x = *operand.tensor->shape();
    if (!IsQuantized(*operand.tensor) || x.size() != y.size()) return false;
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
  const joint::Concat& concat = *run.layer->options_as_Concat();
  const joint::Tensor& out = run.y();
  const Extents out_extents(out);
  const auto axis = static_cast<size_t>(concat.axis());
  std::vector<int32_t> y(ElementCount(out));
  size_t begin = 0;  // of the input's part of the axis
  for (size_t input = 0; input < run.inputs.size(); ++input) {
    const joint::Tensor& in = *run.inputs[input].tensor;
    const std::vector<int32_t> x = ReadElements(run.inputs[input]);
    const int32_t zero_point = ZeroPoint(in);
    const float scale = Scale(in);
    const int32_t multiplier = out.dtype() == joint::DType::F32 ? 0 : concat.multiplier()->Get(input);
    const int32_t shift = multiplier == 0 ? 0 : concat.shift()->Get(input);
    const Extents extents(in);
    ForEachRow(extents, [&](size_t first, Coordinates at) {
      at[axis] += begin;
      const size_t place = out_extents.IndexOf(at);
      for (size_t i = 0; i < extents.row_length(); ++i) {
        const int32_t difference = x[first + i] - zero_point;
        if (out.dtype() == joint::DType::F32) {
          const float value = scale * static_cast<float>(difference);
          std::memcpy(run.outputs[0].data + (place + i) * sizeof(value), &value, sizeof(value));
        } else if (multiplier == 0) {
          y[place + i] = x[first + i];
        } else {
          const int64_t scaled = rq1::Requantize(difference, multiplier, shift);
          y[place + i] = static_cast<int32_t>(rq1::Clamp(ZeroPoint(out) + scaled, 0, TypeHigh(out.dtype())));
        }
      }
    });
    begin += in.shape()->Get(axis);
  }
  if (out.dtype() != joint::DType::F32) WriteElements(y, run.outputs[0]);
}

}  // namespace lockstep::engine
