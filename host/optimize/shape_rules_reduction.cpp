#include <algorithm>

#include "optimize/shape_rules.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;
using graph::Shape;

Shape Reduced(const Shape& from, const std::vector<int64_t>& axes, bool keep) {
  Shape to;
  for (size_t i = 0; i < from.size(); ++i) {
    const bool gone = axes.empty() || std::find(axes.begin(), axes.end(), static_cast<int64_t>(i)) != axes.end();
    if (!gone) {
      to.push_back(from[i]);
    } else if (keep) {
      to.push_back(1);
    }
  }
  return to;
}

void Reduce(ShapeContext& context) {
  const auto axes = context.Axes(1, context.Rank(0));
  if (!axes) return;
  const bool unchanged = axes->empty() && context.node.Int("noop_with_empty_axes", 0) != 0;
  context.Set(context.Type(0),
              unchanged ? context.Shape(0) : Reduced(context.Shape(0), *axes, context.node.Int("keepdims", 1) != 0));
}

void ArgReduce(ShapeContext& context) {
  const int64_t axis = context.Axis(context.node.Int("axis", 0), context.Rank(0));
  context.Set(ElementType::kInt64, Reduced(context.Shape(0), {axis}, context.node.Int("keepdims", 1) != 0));
}

void TopK(ShapeContext& context) {
  const std::vector<int64_t>* k = context.Ints(1);
  if (k == nullptr) return;
  Shape to = context.Shape(0);
  int64_t& size = to[static_cast<size_t>(context.Axis(context.node.Int("axis", -1), context.Rank(0)))];
  context.Require(k->size() == 1 && (*k)[0] >= 0 && (*k)[0] <= size, "its k does not fit the axis");
  size = (*k)[0];
  context.Set(context.Type(0), to);
  context.Set(ElementType::kInt64, to, 1);
}

}  // namespace

const ShapeRules& ReductionRules() {
  static const ShapeRules kRules = {
      {"ReduceMean", Reduce},
      {"ReduceSum", Reduce},
      {"ReduceMax", Reduce},
      {"ReduceMin", Reduce},
      {"ReduceProd", Reduce},
      {"ReduceL1", Reduce},
      {"ReduceL2", Reduce},
      {"ReduceLogSum", Reduce},
      {"ReduceLogSumExp", Reduce},
      {"ReduceSumSquare", Reduce},
      {"ArgMax", ArgReduce},
      {"ArgMin", ArgReduce},
      {"TopK", TopK},
  };
  return kRules;
}

}  // namespace lockstep::optimize
