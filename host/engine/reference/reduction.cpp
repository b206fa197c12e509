#include "engine/reference/reduction.h"

#include <algorithm>

#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

bool IsReduced(const ReducedAxes& axes, uint32_t axis) { return std::count(axes.begin(), axes.end(), axis) != 0; }

}  // namespace

bool FitsReduction(const LayerRun& run, const ReducedAxes& axes) {
  const auto& shape = *run.x().shape();
  int64_t outputs = 1;
  for (uint32_t axis = 0; axis < shape.size(); ++axis) outputs *= IsReduced(axes, axis) ? 1 : shape[axis];
  return ElementCount(run.y()) == outputs;
}

std::vector<size_t> ReductionTargets(const LayerRun& run, const ReducedAxes& axes) {
  const auto& shape = *run.x().shape();
  std::vector<size_t> targets(static_cast<size_t>(ElementCount(run.x())));
  for (size_t i = 0; i < targets.size(); ++i) {
    size_t rest = i;
    size_t stride = 1;
    for (uint32_t axis = shape.size(); axis-- > 0;) {
      const auto extent = static_cast<size_t>(shape[axis]);
      if (!IsReduced(axes, axis)) {
        targets[i] += rest % extent * stride;
        stride *= extent;
      }
      rest /= extent;
    }
  }
  return targets;
}

}  // namespace lockstep::engine
