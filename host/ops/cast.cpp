#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;

void Infer(InferContext& context) {
  const int64_t to = context.node.Int("to", graph::kOnnxFloat);
  context.Require(to == graph::ToOnnxType(graph::FromOnnxType(to)),
                  "its attribute 'to' is " + std::to_string(to) + "; allowed: the types of float, int64 and bool");
  context.Set(graph::FromOnnxType(to), context.Shape(0));
}

Results Evaluate(const Call& call) {
  const Value& from = call.In(0);
  Value result = MakeValue(call.Type(), from.shape);
  for (size_t i = 0; i < static_cast<size_t>(from.count()); ++i) {
    if (result.type == ElementType::kFloat) {
      result.data.floats[i] = from.is_float() ? from.data.floats[i] : static_cast<float>(from.data.ints[i]);
    } else if (result.type == ElementType::kBool) {
      result.data.ints[i] = (from.is_float() ? from.data.floats[i] != 0.0F : from.data.ints[i] != 0) ? 1 : 0;
    } else {
      result.data.ints[i] = from.is_float() ? Truncate(from.data.floats[i]) : from.data.ints[i];
    }
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kCast = Op({1, 1}, Infer, Evaluate, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
