#include <algorithm>

#include "graph/error.h"
#include "lower/ops/emitters.h"
#include "lower/ops/slicing.h"

namespace lockstep::lower {

void EmitSlice(LowerContext& context) {
  const graph::Node& node = context.node();
  const Value x = context.IntegerInput(0);
  const auto constant = [&](size_t index, const std::vector<int64_t>& fallback) {
    if (index >= node.inputs.size() || node.inputs[index] == graph::kNoTensor) return fallback;
    if (!context.IsConstant(index)) throw UnsupportedModel("its limits are not constant");
    return context.graph().Ints(node.inputs[index]);
  };
  const size_t rank = x.shape.size();
  const std::vector<int64_t> starts = constant(1, {});
  std::vector<int64_t> all_axes;
  for (size_t i = 0; i < starts.size(); ++i) all_axes.push_back(static_cast<int64_t>(i));
  const std::vector<int64_t> axes = constant(3, all_axes);
  const std::vector<int64_t> steps = constant(4, std::vector<int64_t>(starts.size(), 1));
  std::vector<int64_t> start(rank, 0);
  std::vector<int64_t> step(rank, 1);
  for (size_t i = 0; i < starts.size(); ++i) {
    const auto axis = static_cast<size_t>(axes.at(i) < 0 ? axes[i] + static_cast<int64_t>(rank) : axes[i]);
    if (steps.at(i) < 1) throw UnsupportedModel("a backward slice is not supported");
    const int64_t extent = x.shape.at(axis);
    const int64_t from = starts[i] < 0 ? starts[i] + extent : starts[i];
    start[axis] = std::min(std::max<int64_t>(from, 0), extent);
    step[axis] = steps[i];
  }
  EmitPart(context, 0, x, start, step);
}

}  // namespace lockstep::lower
