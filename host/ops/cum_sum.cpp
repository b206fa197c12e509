#include "ops/cum_sum.h"

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// Inputs: x, the axis.
void Infer(InferContext& context) {
  context.Flag("exclusive", false);
  context.Flag("reverse", false);
  const std::vector<int64_t>* axis = context.Ints(1);
  const int64_t axes = graph::ElementCount(context.Shape(1));
  context.Require(axes == 1, "it has " + std::to_string(axes) + " axes; allowed: 1");
  if (axis != nullptr) context.Axis((*axis)[0], context.Rank(0));
  context.SetLikeInput();
}

Results Evaluate(const Call& call) {
  Value result = call.In(0);
  const auto rank = static_cast<int64_t>(result.shape.size());
  const int64_t axis = call.In(1).data.ints[0];
  if (axis < -rank || axis >= rank) return std::nullopt;
  const bool exclusive = call.node.Int("exclusive", 0) != 0;
  const bool reverse = call.node.Int("reverse", 0) != 0;
  const Rows rows(result.shape, static_cast<size_t>(axis < 0 ? axis + rank : axis));
  for (int64_t r = 0; r < rows.count; ++r) {
    double real = 0.0;
    uint64_t whole = 0;  // unsigned, so that an overflow wraps
    for (int64_t i = 0; i < rows.length; ++i) {
      const int64_t index = reverse ? rows.length - 1 - i : i;
      const auto at = static_cast<size_t>(rows.Begin(r) + index * rows.stride);
      if (result.is_float()) {
        const double before = real;
        real += result.data.floats[at];
        result.data.floats[at] = static_cast<float>(exclusive ? before : real);
      } else {
        const uint64_t before = whole;
        whole += static_cast<uint64_t>(result.data.ints[at]);
        result.data.ints[at] = static_cast<int64_t>(exclusive ? before : whole);
      }
    }
  }
  return One(std::move(result));
}

// One of floats that is short enough has become a MatMul.
std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  if (graph.tensor(node.inputs[0]).type != graph::ElementType::kFloat) return "it adds integers that a run makes";
  if (!graph.tensor(node.inputs[1]).constant) return "its axis is computed";
  return "its axis is longer than " + std::to_string(kLongestRunningSum) + " elements";
}

}  // namespace

constexpr Op kCumSum = Op({2, 2}, Infer, Evaluate, LayoutKind::kUnsupported, Unsupported);

}  // namespace lockstep::ops
