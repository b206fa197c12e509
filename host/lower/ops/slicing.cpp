#include "lower/ops/slicing.h"

namespace lockstep::lower {

void EmitPart(LowerContext& context, size_t index, const Value& x, const std::vector<int64_t>& start,
              const std::vector<int64_t>& step) {
  joint::SliceT slice;
  for (const uint8_t axis : x.axes) {
    slice.start.push_back(static_cast<int32_t>(start[axis]));
    slice.step.push_back(static_cast<int32_t>(step[axis]));
  }
  const Value result =
      context.draft().AddActivation(context.OutputName(index), context.OutputShape(index), x.axes, x.format);
  context.AddLayer(std::move(slice), {x.tensor}, result.tensor);
  context.Define(result, index);
}

}  // namespace lockstep::lower
