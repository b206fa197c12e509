// ConstantOfShape and Range: tensors made of numbers.
#include <cmath>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// The importer puts the type of `value` into `value_type`.
void InferConstant(InferContext& context) {
  const auto value = context.node.attributes.find("value");
  if (value != context.node.attributes.end()) {
    const auto* data = std::get_if<graph::ConstantData>(&value->second);
    context.Require(data != nullptr, "its attribute 'value' is not a tensor");
    context.Require(data->floats.size() + data->ints.size() == 1,
                    "its attribute 'value' has " + std::to_string(data->floats.size() + data->ints.size()) +
                        " elements; allowed: 1");
  }
  const std::vector<int64_t>* target = context.Ints(0);
  if (target == nullptr) return;
  context.Require(graph::IsKnown(*target), "it makes the shape " + graph::ToString(*target));
  context.Set(graph::FromOnnxType(context.node.Int("value_type", graph::kOnnxFloat)), *target);
}

Results EvaluateConstant(const Call& call) {
  Value value = MakeValue(call.Type(), call.Shape());
  const auto found = call.node.attributes.find("value");
  if (found == call.node.attributes.end()) return One(std::move(value));
  const auto& given = std::get<graph::ConstantData>(found->second);
  for (float& x : value.data.floats) x = given.floats.empty() ? static_cast<float>(given.ints[0]) : given.floats[0];
  for (int64_t& x : value.data.ints) x = given.ints.empty() ? 0 : given.ints[0];
  return One(std::move(value));
}

// Inputs: start, limit, delta.
void InferRange(InferContext& context) {
  const Value* start = context.Constant(0);
  const Value* limit = context.Constant(1);
  const Value* delta = context.Constant(2);
  context.RequireOneType(0);
  if (start == nullptr || limit == nullptr || delta == nullptr) return;
  context.Require(start->count() == 1 && limit->count() == 1 && delta->count() == 1 && delta->Number(0) != 0.0,
                  "its start, limit or delta is not a number it can use");
  const double count = std::ceil((limit->Number(0) - start->Number(0)) / delta->Number(0));
  context.Require(count < 1e12, "it would make " + std::to_string(count) + " elements");
  context.Set(context.Type(0), {count > 0.0 ? static_cast<int64_t>(count) : 0});
}

Results EvaluateRange(const Call& call) {
  Value value = MakeValue(call.Type(), call.Shape());
  for (size_t i = 0; i < value.data.floats.size(); ++i) {
    const double step = call.In(2).Number(0);
    value.data.floats[i] = static_cast<float>(call.In(0).Number(0) + static_cast<double>(i) * step);
  }
  for (size_t i = 0; i < value.data.ints.size(); ++i) {  // unsigned, so that an overflow wraps
    const auto start = static_cast<uint64_t>(call.In(0).data.ints[0]);
    value.data.ints[i] = static_cast<int64_t>(start + i * static_cast<uint64_t>(call.In(2).data.ints[0]));
  }
  return One(std::move(value));
}

}  // namespace

constexpr Op kConstantOfShape = Op({1, 1}, InferConstant, EvaluateConstant, LayoutKind::kUnsupported, NotSupported);
constexpr Op kRange = Op({3, 3}, InferRange, EvaluateRange, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
