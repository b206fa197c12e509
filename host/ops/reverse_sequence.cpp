#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;

// Inputs: x, for each batch how many of its first steps are reversed.
void Infer(InferContext& context) {
  context.Require(context.Rank(0) >= 2,
                  "its input has shape " + graph::ToString(context.Shape(0)) + "; two axes or more are needed");
  const int64_t batch = context.Int("batch_axis", 1, 0, 1);
  const int64_t time = context.Int("time_axis", 0, 0, 1);
  context.Require(batch != time, "its attributes 'batch_axis' and 'time_axis' are the same; allowed: 0 and 1");
  context.RequireType(1, ElementType::kInt64);
  const graph::Shape wanted{context.Shape(0)[static_cast<size_t>(batch)]};
  context.Require(context.Shape(1) == wanted, "its lengths have shape " + graph::ToString(context.Shape(1)) +
                                                  " instead of " + graph::ToString(wanted));
  context.SetLikeInput();
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  const auto batch = static_cast<size_t>(call.node.Int("batch_axis", 1));
  const auto time = static_cast<size_t>(call.node.Int("time_axis", 0));
  const std::vector<int64_t> strides = Strides(x.shape);
  const std::vector<int64_t> lengths = call.Ints(1);
  for (const int64_t length : lengths) {
    if (length < 0 || length > x.shape[time]) return std::nullopt;
  }
  return One(Copy(x, x.shape, [&](int64_t i) {
    const int64_t step = i / strides[time] % x.shape[time];
    const int64_t length = lengths[static_cast<size_t>(i / strides[batch] % x.shape[batch])];
    return step < length ? i + (length - 1 - 2 * step) * strides[time] : i;
  }));
}

}  // namespace

constexpr Op kReverseSequence = Op({2, 2}, Infer, Evaluate, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
