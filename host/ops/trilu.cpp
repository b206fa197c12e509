#include <algorithm>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// Inputs: matrices, the diagonal.
void Infer(InferContext& context) {
  context.Flag("upper", true);
  context.Require(context.Rank(0) >= 2, "its input of shape " + graph::ToString(context.Shape(0)) + " is no matrix");
  context.RequireType(1, graph::ElementType::kInt64);
  context.Require(!context.Has(1) || graph::ElementCount(context.Shape(1)) == 1, "its diagonal is not one number");
  context.SetLikeInput();
}

Results Evaluate(const Call& call) {
  Value result = call.In(0);
  const bool upper = call.node.Int("upper", 1) != 0;
  const int64_t columns = result.shape.back();
  const int64_t rows = result.shape[result.shape.size() - 2];
  const int64_t diagonal = call.Has(1) ? std::clamp(call.In(1).data.ints[0], -rows, columns) : 0;
  for (int64_t i = 0; i < result.count(); ++i) {
    const int64_t above = i % columns - i / columns % rows - diagonal;
    if (upper ? above >= 0 : above <= 0) continue;
    if (result.is_float()) {
      result.data.floats[static_cast<size_t>(i)] = 0.0F;
    } else {
      result.data.ints[static_cast<size_t>(i)] = 0;
    }
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kTrilu = Op({1, 2}, Infer, Evaluate, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
