#include "ops/slice.h"

#include <algorithm>

#include "graph/error.h"
#include "lower/ops/emitters.h"
#include "lower/ops/gathering.h"
#include "lower/ops/slicing.h"
#include "ops/op.h"

namespace lockstep::lower {

void EmitSlice(LowerContext& context) {
  const Value x = context.FormattedInput(0);
  for (size_t i = 1; i < context.node().inputs.size(); ++i) {
    if (ops::HasInput(context.node(), i) && !context.IsConstant(i))
      throw UnsupportedModel("its limits are not constant");
  }
  const ops::SliceExtent extent = ops::ResolveSlice(context.graph(), context.node());
  if (std::any_of(extent.step.begin(), extent.step.end(), [](int64_t step) { return step < 0; })) {
    std::vector<std::vector<int64_t>> indices(extent.count.size());
    for (size_t axis = 0; axis < indices.size(); ++axis) {
      for (int64_t i = 0; i < extent.count[axis]; ++i) {
        indices[axis].push_back(extent.start[axis] + i * extent.step[axis]);
      }
    }
    return EmitGathers(context, x, indices);
  }
  EmitPart(context, 0, x, extent.start, extent.step);
}

}  // namespace lockstep::lower
