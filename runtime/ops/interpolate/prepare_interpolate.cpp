#include "arithmetic/requantize.h"
#include "ops/common/line_sums.h"
#include "ops/common/prepare.h"
#include "ops/interpolate/interpolate.h"

namespace lockstep::kernels {

// Scratch: the sums over an output row's input rows, one for each element of an input row, and one output pixel's. Sums
// of U16 elements have 64 bits.
Prepared PrepareInterpolate(const LayerArgs& args) {
  const TensorView& input = args.inputs[0];
  const int64_t sum = input.dtype == joint::DType::U16 ? sizeof(int64_t) : sizeof(int32_t);
  Prepared prepared;
  prepared.units = ImageRows(args.outputs[0]);
  prepared.scratch_bytes = Aligned((int64_t{input.shape[2]} + 1) * input.shape[3] * sum + kLineSlack);
  return prepared;
}

// With inputs of 16 bits a row's sums must have 32 all the same.
bool AcceptsInterpolateLines(const LayerArgs& args) {
  if (FormOf(args) == Form::kFloat) return false;
  if (args.inputs[0].dtype == joint::DType::U8) return true;
  const joint::Interpolate& o = *args.layer->options_as_Interpolate();
  const auto taps = static_cast<int32_t>(o.row_weights()->size() / o.rows()->size());
  int64_t sum = 0;
  int32_t tap = 0;
  for (const int32_t weight : *o.row_weights()) {
    sum += weight < 0 ? -int64_t{weight} : weight;
    if (sum > INT16_MAX) return false;
    if (++tap == taps) sum = tap = 0;
  }
  return o.shift() >= kLongShift;
}

}  // namespace lockstep::kernels
