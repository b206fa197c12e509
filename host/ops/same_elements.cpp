// Identity, Dropout, Reshape, Flatten, Squeeze and Unsqueeze: the elements stay where they are, the shape is another.
#include <algorithm>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;
using graph::Graph;
using graph::Node;
using graph::Shape;

std::string Text(int64_t value) { return std::to_string(value); }

Results Evaluate(const Call& call) { return One({call.In(0).type, call.Shape(), call.In(0).data}); }

void InferReshape(InferContext& context) {
  const bool allow_zero = context.Flag("allowzero", false);
  const std::vector<int64_t>* target = context.Ints(1);
  if (target == nullptr) return;
  const Shape& from = context.Shape(0);
  Shape to = *target;
  int64_t known = 1;
  int64_t free_axis = -1;
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i] == 0 && !allow_zero) {
      context.Require(i < from.size(), "its target copies axis " + Text(static_cast<int64_t>(i)) +
                                           " of an input of shape " + graph::ToString(from));
      to[i] = from[i];
    }
    if (to[i] == -1) {
      context.Require(free_axis < 0, "its target has two free axes");
      free_axis = static_cast<int64_t>(i);
      continue;
    }
    context.Require(to[i] >= 0 && !__builtin_mul_overflow(known, to[i], &known),
                    "its target has the size " + Text(to[i]));
  }
  const int64_t count = graph::ElementCount(from);
  if (free_axis >= 0) {
    context.Require(known > 0 && count % known == 0,
                    "cannot give " + graph::ToString(from) + " the shape " + graph::ToString(to));
    to[static_cast<size_t>(free_axis)] = count / known;
    known = count;
  }
  context.Require(known == count, "cannot give " + graph::ToString(from) + " the shape " + graph::ToString(to));
  context.Set(context.Type(0), to);
}

void InferFlatten(InferContext& context) {
  const Shape& from = context.Shape(0);
  const int64_t rank = context.Rank(0);
  int64_t axis = context.Int("axis", 1, -rank, rank);
  if (axis < 0) axis += rank;
  const auto middle = from.begin() + axis;
  context.Set(context.Type(0),
              {graph::ElementCount(Shape(from.begin(), middle)), graph::ElementCount(Shape(middle, from.end()))});
}

bool NormalizeFlatten(Graph& graph, Node& node) { return NormalizeAxis(graph, node, 1); }

void InferSqueeze(InferContext& context) {
  const Shape& from = context.Shape(0);
  const auto axes = context.Axes(1, context.Rank(0));
  if (!axes) return;
  Shape to;
  for (size_t i = 0; i < from.size(); ++i) {
    const bool named = std::find(axes->begin(), axes->end(), static_cast<int64_t>(i)) != axes->end();
    context.Require(!named || from[i] == 1,
                    "axis " + Text(static_cast<int64_t>(i)) + " of " + graph::ToString(from) + " is not 1");
    if (!named && (from[i] != 1 || !axes->empty())) to.push_back(from[i]);
  }
  context.Set(context.Type(0), to);
}

void InferUnsqueeze(InferContext& context) {
  const Shape& from = context.Shape(0);
  const std::vector<int64_t>* value = context.Ints(1);
  if (value == nullptr) return;
  const auto rank = static_cast<int64_t>(from.size() + value->size());
  std::vector<bool> added(static_cast<size_t>(rank), false);
  for (const int64_t axis : *value) {
    const auto at = static_cast<size_t>(context.Axis(axis, rank));
    context.Require(!added[at], "axis " + Text(axis) + " is added twice");
    added[at] = true;
  }
  Shape to;
  size_t next = 0;
  for (const bool one : added) to.push_back(one ? 1 : from[next++]);
  context.Set(context.Type(0), to);
}

// The mask is of what training would drop.
void InferDropout(InferContext& context) {
  context.SetLikeInput();
  context.Set(ElementType::kBool, context.Shape(0), 1);
}

Results EvaluateDropout(const Call& call) {
  std::vector<Value> results = {call.In(0)};
  if (call.node.outputs.size() > 1) {
    results.push_back(MakeValue(ElementType::kBool, call.In(0).shape));
    std::fill(results[1].data.ints.begin(), results[1].data.ints.end(), 1);
  }
  return results;
}

std::string UnsupportedDropout(const Graph&, const Node&) { return "its mask is used; only inference is supported"; }

constexpr Op Reshaping(Arity arity, InferFunction infer) {
  return Op(arity, infer, Evaluate, LayoutKind::kReshape, Supported).View();
}

}  // namespace

constexpr Op kDropout = Op({1, 1, 2}, InferDropout, EvaluateDropout, LayoutKind::kUnsupported, UnsupportedDropout);
constexpr Op kFlatten = Reshaping({1, 1}, InferFlatten).Normal(NormalizeFlatten);
constexpr Op kIdentity = Reshaping({1, 1}, InferSame);
constexpr Op kReshape = Reshaping({2, 2}, InferReshape);
constexpr Op kSqueeze = Reshaping({1, 2}, InferSqueeze);
constexpr Op kUnsqueeze = Reshaping({2, 2}, InferUnsqueeze);

}  // namespace lockstep::ops
