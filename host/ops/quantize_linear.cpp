// QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear.
#include <algorithm>
#include <limits>

#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/quantized_value.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;
using graph::Shape;

constexpr int64_t kUint8 = 2;  // ONNX's number of the type

// Which scale an element has: one for all, one for each place along an axis, or one for each block of such places.
class Scales {
 public:
  Scales(const Shape& x, const Shape& scale, size_t axis, int64_t block) : block_(std::max<int64_t>(block, 1)) {
    if (graph::ElementCount(scale) == 1) return;
    stride_ = graph::ElementCount({x.begin() + static_cast<std::ptrdiff_t>(axis) + 1, x.end()});
    extent_ = x[axis];
    if (scale.size() == 1) return;
    blocks_ = scale[axis];
    inner_ = stride_;
  }

  int64_t Of(int64_t element) const {
    const int64_t place = element / stride_ % extent_ / block_;
    return (element / (stride_ * extent_) * blocks_ + place) * inner_ + element % inner_;
  }

 private:
  int64_t block_;
  int64_t stride_ = std::numeric_limits<int64_t>::max();  // with one scale every element is at place 0
  int64_t extent_ = 1;
  int64_t blocks_ = 0;  // along the axis; 0 with one scale for all blocks
  int64_t inner_ = 1;
};

// Throws where the scale does not fit the first input.
void InferScaled(InferContext& context, ElementType from, ElementType to) {
  context.RequireType(0, from);
  context.RequireType(1, ElementType::kFloat);
  const Shape& x = context.Shape(0);
  const Shape& scale = context.Shape(1);
  if (context.Has(2)) {
    context.RequireType(2, ElementType::kInt64);
    const Shape& zero = context.Shape(2);
    context.Require(zero == scale || (graph::ElementCount(zero) == 1 && graph::ElementCount(scale) == 1),
                    "its zero point is " + graph::ToString(context.Shape(2)) + ", its scale " + graph::ToString(scale));
  }
  const int64_t block = context.Int("block_size", 0, 0, kLargestEntry);
  context.Int("axis", 1, -kLargestEntry, kLargestEntry);
  context.Set(to, x);
  if (graph::ElementCount(scale) == 1) return;
  const auto axis = static_cast<size_t>(context.AxisAttribute("axis", 1, context.Rank(0)));
  Shape wanted{x[axis]};
  if (block > 0) {
    wanted = x;
    wanted[axis] = (x[axis] + block - 1) / block;
  }
  context.Require(scale == wanted, "its scale is " + graph::ToString(scale) + " where " + graph::ToString(wanted) +
                                       " belongs to an input of " + graph::ToString(x));
}

Scales ScalesOf(const Call& call) {
  const Shape& x = call.In(0).shape;
  const Shape& scale = call.In(1).shape;
  const size_t axis = graph::ElementCount(scale) == 1 ? 0 : call.Axis("axis", 1, x.size());
  return {x, scale, axis, call.node.Int("block_size", 0)};
}

void InferDequantize(InferContext& context) { InferScaled(context, ElementType::kInt64, ElementType::kFloat); }

Results EvaluateDequantize(const Call& call) {
  const Value& x = call.In(0);
  const Scales scales = ScalesOf(call);
  Value result = MakeValue(ElementType::kFloat, x.shape);
  for (int64_t i = 0; i < result.count(); ++i) {
    const auto scale = static_cast<size_t>(scales.Of(i));
    const int64_t zero = call.Has(2) ? call.In(2).data.ints[scale] : 0;
    const auto steps = static_cast<double>(x.data.ints[static_cast<size_t>(i)]) - static_cast<double>(zero);
    result.data.floats[static_cast<size_t>(i)] = static_cast<float>(steps * call.In(1).data.floats[scale]);
  }
  return One(std::move(result));
}

// Attribute output_dtype: the importer writes the zero point's type there, which the graph does not have.
void InferQuantize(InferContext& context) {
  context.Int("output_dtype", 0, 0, kLargestEntry);
  InferScaled(context, ElementType::kFloat, ElementType::kInt64);
}

Results EvaluateQuantize(const Call& call) {
  const int64_t type = call.node.Int("output_dtype", 0);
  const std::optional<Limits> limits = LimitsOf(type == 0 && !call.Has(2) ? kUint8 : type);
  if (!limits) return std::nullopt;
  const Value& x = call.In(0);
  const Scales scales = ScalesOf(call);
  Value result = MakeValue(ElementType::kInt64, x.shape);
  for (int64_t i = 0; i < result.count(); ++i) {
    const auto scale = static_cast<size_t>(scales.Of(i));
    const int64_t zero = call.Has(2) ? call.In(2).data.ints[scale] : 0;
    // One division of floats, as every engine has it.
    const float steps = x.data.floats[static_cast<size_t>(i)] / call.In(1).data.floats[scale];
    result.data.ints[static_cast<size_t>(i)] = ToLevel(steps, zero, *limits);
  }
  return One(std::move(result));
}

// Outputs: levels, their scale, their zero point. The range is that of the values, widened to contain 0.
void InferDynamic(InferContext& context) {
  context.RequireType(0, ElementType::kFloat);
  context.Require(graph::ElementCount(context.Shape(0)) > 0, "its input is empty");
  context.Set(ElementType::kInt64, context.Shape(0));
  context.Set(ElementType::kFloat, {}, 1);
  context.Set(ElementType::kInt64, {}, 2);
}

Results EvaluateDynamic(const Call& call) {
  const std::vector<float>& x = call.In(0).data.floats;
  const Limits limits = *LimitsOf(kUint8);
  const float low = std::min(0.0F, *std::min_element(x.begin(), x.end()));
  const float high = std::max(0.0F, *std::max_element(x.begin(), x.end()));
  const float scale = (high - low) / static_cast<float>(limits.high);
  const float per_unit = scale == 0.0F ? 1.0F : scale;
  const int64_t zero = ToLevel(-low / per_unit, 0, limits);
  Value levels = MakeValue(ElementType::kInt64, call.Shape());
  for (size_t i = 0; i < x.size(); ++i) levels.data.ints[i] = ToLevel(x[i] / per_unit, zero, limits);
  return std::vector<Value>{
      std::move(levels), {ElementType::kFloat, {}, {{scale}, {}}}, {ElementType::kInt64, {}, {{}, {zero}}}};
}

std::string Unsupported(const graph::Graph& /*graph*/, const graph::Node& /*node*/) {
  return "its levels are not taken over: only pairs of QuantizeLinear and DequantizeLinear with one scale above 0 and "
         "8 or 16 bits are; give lockstep the network in floats, which it quantises by itself";
}

}  // namespace

constexpr Op kDequantizeLinear = Op({2, 3}, InferDequantize, EvaluateDequantize, LayoutKind::kUnsupported, Unsupported);
constexpr Op kDynamicQuantizeLinear =
    Op({1, 1, 3}, InferDynamic, EvaluateDynamic, LayoutKind::kUnsupported, NotSupported);
constexpr Op kQuantizeLinear = Op({2, 3}, InferQuantize, EvaluateQuantize, LayoutKind::kUnsupported, Unsupported);

}  // namespace lockstep::ops
