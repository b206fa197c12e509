// Expand and Tile: an axis shows its elements again and again.
#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

void InferExpand(InferContext& context) {
  const std::vector<int64_t>* target = context.Ints(1);
  if (target == nullptr) return;
  const auto to = Broadcast(context.Shape(0), *target);
  context.Require(to.has_value() && graph::IsKnown(*to),
                  "cannot expand " + graph::ToString(context.Shape(0)) + " to " + graph::ToString(*target));
  context.Set(context.Type(0), *to);
}

void InferTile(InferContext& context) {
  const std::vector<int64_t>* repeats = context.Ints(1);
  if (repeats == nullptr) return;
  Shape to = context.Shape(0);
  context.Require(repeats->size() == to.size(), "it has " + std::to_string(repeats->size()) +
                                                    " repeats for an input of shape " + graph::ToString(to));
  for (size_t i = 0; i < to.size(); ++i) {
    context.Require((*repeats)[i] >= 0 && !__builtin_mul_overflow(to[i], (*repeats)[i], &to[i]),
                    "it repeats " + std::to_string((*repeats)[i]) + " times");
  }
  context.Set(context.Type(0), to);
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  const Shape& shape = call.Shape();
  const std::vector<int64_t> strides = Strides(x.shape);
  const size_t added = shape.size() - x.shape.size();
  return One(Copy(x, shape, [&](int64_t flat) {
    int64_t offset = 0;
    for (size_t i = shape.size(); i-- > added;) {
      offset += flat % shape[i] % x.shape[i - added] * strides[i - added];
      flat /= shape[i];
    }
    return offset;
  }));
}

// How often is a constant, or the output's shape would not be known.
constexpr Op Repeating(InferFunction infer) {
  return Op({2, 2}, infer, Evaluate, LayoutKind::kSlice, Supported).View();
}

}  // namespace

constexpr Op kExpand = Repeating(InferExpand);
constexpr Op kTile = Repeating(InferTile);

}  // namespace lockstep::ops
