// NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss.
#include <algorithm>
#include <cmath>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;
using graph::Shape;

// Inputs: x (N,C,d..), the right classes (N,d..), weights of the classes (C).
void InferLoss(InferContext& context) {
  const Shape& x = context.Shape(0);
  context.Require(x.size() >= 2, "its input has shape " + graph::ToString(x) + "; N, C and more are needed");
  Shape classes = x;
  classes.erase(classes.begin() + 1);
  context.Require(context.Shape(1) == classes, "its classes have shape " + graph::ToString(context.Shape(1)) +
                                                   " instead of " + graph::ToString(classes));
  context.RequireType(0, ElementType::kFloat);
  context.RequireType(1, ElementType::kInt64);
  if (context.Has(2)) {
    context.Require(context.Shape(2) == Shape{x[1]}, "its weights have shape " + graph::ToString(context.Shape(2)) +
                                                         " instead of " + std::to_string(x[1]));
  }
  context.node.Int("ignore_index", 0);
  context.RequireType(2, ElementType::kFloat);
  const bool one_number = context.OneOf("reduction", "mean", {"none", "sum", "mean"}) != "none";
  context.Set(ElementType::kFloat, one_number ? Shape{} : classes);
  context.Set(ElementType::kFloat, x, 1);
}

// Of the logarithms of probabilities; nothing if a class does not exist.
std::optional<Value> Loss(const Call& call, const std::vector<double>& log_of) {
  const Shape& x = call.In(0).shape;
  const int64_t inner = graph::ElementCount({x.begin() + 2, x.end()});
  const auto ignored = call.node.attributes.find("ignore_index");
  const std::vector<int64_t>& classes = call.In(1).data.ints;
  Value losses = MakeValue(ElementType::kFloat, call.In(1).shape);
  double sum = 0.0;
  double weights = 0.0;
  for (size_t i = 0; i < classes.size(); ++i) {
    if (ignored != call.node.attributes.end() && classes[i] == call.node.Int("ignore_index", 0)) continue;
    if (classes[i] < 0 || classes[i] >= x[1]) return std::nullopt;
    const auto at = static_cast<int64_t>(i);
    const int64_t element = (at / inner * x[1] + classes[i]) * inner + at % inner;
    const double weight = call.Has(2) ? call.In(2).data.floats[static_cast<size_t>(classes[i])] : 1.0;
    const double loss = -weight * log_of[static_cast<size_t>(element)];
    losses.data.floats[i] = static_cast<float>(loss);
    sum += loss;
    weights += weight;
  }
  const std::string reduction = call.node.String("reduction", "mean");
  if (reduction == "none") return losses;
  return Value{ElementType::kFloat, {}, {{static_cast<float>(reduction == "sum" ? sum : sum / weights)}, {}}};
}

Results EvaluateNll(const Call& call) {
  std::optional<Value> loss = Loss(call, {call.In(0).data.floats.begin(), call.In(0).data.floats.end()});
  if (!loss) return std::nullopt;
  return One(std::move(*loss));
}

Results EvaluateCrossEntropy(const Call& call) {
  const Value& x = call.In(0);
  std::vector<double> log_of(x.data.floats.begin(), x.data.floats.end());
  const Rows rows(x.shape, 1);
  for (int64_t r = 0; r < rows.count; ++r) {
    double* first = log_of.data() + rows.Begin(r);
    double highest = first[0];
    for (int64_t i = 1; i < rows.length; ++i) highest = std::max(highest, first[i * rows.stride]);
    double sum = 0.0;
    for (int64_t i = 0; i < rows.length; ++i) sum += std::exp(first[i * rows.stride] - highest);
    for (int64_t i = 0; i < rows.length; ++i) first[i * rows.stride] -= highest + std::log(sum);
  }
  std::optional<Value> loss = Loss(call, log_of);
  if (!loss) return std::nullopt;
  Value logs = MakeValue(ElementType::kFloat, x.shape);
  for (size_t i = 0; i < log_of.size(); ++i) logs.data.floats[i] = static_cast<float>(log_of[i]);
  return std::vector<Value>{std::move(*loss), std::move(logs)};
}

}  // namespace

constexpr Op kNegativeLogLikelihoodLoss = Op({2, 3}, InferLoss, EvaluateNll, LayoutKind::kUnsupported, NotSupported);
constexpr Op kSoftmaxCrossEntropyLoss =
    Op({2, 3, 2}, InferLoss, EvaluateCrossEntropy, LayoutKind::kUnsupported, NotSupported);

}  // namespace lockstep::ops
