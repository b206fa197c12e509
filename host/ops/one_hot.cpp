// OneHot and EyeLike: tensors of two values, by index.
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;
using graph::Shape;

// Inputs: indices, the new axis's size, the value elsewhere and the value at the index.
void InferOneHot(InferContext& context) {
  context.Require(graph::ElementCount(context.Shape(1)) == 1, "its depth is not one number");
  context.Require(graph::ElementCount(context.Shape(2)) == 2, "its values are not two numbers, off and on");
  const int64_t axis = context.AxisAttribute("axis", -1, context.Rank(0) + 1);
  const Value* depth = context.Constant(1);
  Shape shape = context.Shape(0);
  int64_t size = -1;
  if (depth != nullptr) {
    size = Truncate(depth->Number(0));
    context.Require(size >= 0, "its depth is " + std::to_string(size) + "; 0 or more is allowed");
  }
  shape.insert(shape.begin() + axis, size);
  context.Set(context.Type(2), shape);
}

Results EvaluateOneHot(const Call& call) {
  const Value& indices = call.In(0);
  const size_t axis = call.Axis("axis", -1, indices.shape.size() + 1);
  const Shape& shape = call.Shape();
  const int64_t depth = shape[axis];
  const int64_t inner = Strides(shape)[axis];
  return One(Copy(call.In(2), shape, [&](int64_t i) {
    const int64_t place = i / inner % depth;
    int64_t index = Truncate(indices.Number(i / (inner * depth) * inner + i % inner));
    if (index < 0) index += depth;
    return index == place ? 1 : 0;
  }));
}

// The importer gives `dtype` as one of the graph's three types, and leaves it out where it is the input's.
void InferEye(InferContext& context) {
  context.Require(context.Rank(0) == 2, "its input of shape " + graph::ToString(context.Shape(0)) + " is no matrix");
  context.Int("k", 0, -kLargestEntry, kLargestEntry);
  const int64_t type = context.node.Int("dtype", graph::ToOnnxType(context.Type(0)));
  context.Require(type == graph::ToOnnxType(graph::FromOnnxType(type)),
                  "its attribute 'dtype' is " + std::to_string(type) + "; allowed: the types of float, int64 and bool");
  context.Set(graph::FromOnnxType(type), context.Shape(0));
}

Results EvaluateEye(const Call& call) {
  const int64_t diagonal = call.node.Int("k", 0);
  Value result = MakeValue(call.Type(), call.Shape());
  const int64_t columns = result.shape[1];
  for (int64_t i = 0; i < result.count(); ++i) {
    if (i % columns - i / columns != diagonal) continue;
    if (result.is_float()) {
      result.data.floats[static_cast<size_t>(i)] = 1.0F;
    } else {
      result.data.ints[static_cast<size_t>(i)] = 1;
    }
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kEyeLike = Op({1, 1}, InferEye, EvaluateEye, LayoutKind::kUnsupported, NotSupported).OfShapes();
constexpr Op kOneHot = Op({3, 3}, InferOneHot, EvaluateOneHot, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
