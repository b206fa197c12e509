#include <algorithm>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/window.h"

namespace lockstep::ops {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;

// Inputs: x, weights, bias.
void Infer(InferContext& context) {
  RequireImage(context);
  const Shape& x = context.Shape(0);
  const Shape& w = context.Shape(1);
  context.Require(x.size() == w.size(),
                  "input " + graph::ToString(x) + " and weights " + graph::ToString(w) + " differ in rank");
  context.RequireOneType(0);
  context.Require(w[0] >= 1, "its weights " + graph::ToString(w) + " make no output channels");
  const int64_t group = context.Int("group", 1, 1, w[0]);
  context.Require(w[0] % group == 0, "its attribute 'group' is " + std::to_string(group) +
                                         "; allowed: divisors of its " + std::to_string(w[0]) + " output channels");
  int64_t expected = 0;
  const bool overflow = __builtin_mul_overflow(w[1], group, &expected);
  context.Require(!overflow && expected == x[1], "input has " + std::to_string(x[1]) + " channels, the weights " +
                                                     graph::ToString(w) + " with group " + std::to_string(group) +
                                                     " expect " + std::to_string(expected));
  if (context.Has(2)) {
    context.Require(context.Shape(2) == Shape{w[0]},
                    "bias has shape " + graph::ToString(context.Shape(2)) + " instead of " + std::to_string(w[0]));
  }
  const Window window = InferWindow(context, Spatial(x), Spatial(w));
  context.Set(graph::ElementType::kFloat, ImageShape(context, w[0], window.output));
}

bool Normalize(Graph& graph, Node& node) {
  const Shape& x = graph.tensor(node.inputs[0]).shape;
  const Shape& w = graph.tensor(node.inputs[1]).shape;
  const bool changed = NormalizeWindow(node, ResolveWindow(node, Spatial(x), Spatial(w)));
  return SetAttribute(node, "group", node.Int("group", 1)) || changed;
}

Results Evaluate(const Call& call) {
  if (!call.AllFloat()) return std::nullopt;
  const Value& x = call.In(0);
  const Value& w = call.In(1);
  const Shape image = Spatial(x.shape);
  const Window window = ResolveWindow(call.node, image, Spatial(w.shape));
  const int64_t per_group = w.shape[0] / call.node.Int("group", 1);
  const int64_t plane_size = graph::ElementCount(image);
  const int64_t taps = graph::ElementCount(window.kernel);
  Value result = MakeValue(graph::ElementType::kFloat, call.Shape());
  size_t next = 0;
  ForPositions(result.shape, [&](int64_t plane, int64_t, const std::vector<int64_t>& at) {
    const int64_t batch = plane / w.shape[0];
    const int64_t out = plane % w.shape[0];
    double sum = call.Has(2) ? call.In(2).data.floats[static_cast<size_t>(out)] : 0.0;
    const int64_t first = batch * x.shape[1] + out / per_group * w.shape[1];
    ForTaps(window, image, at, [&](int64_t offset, int64_t tap) {
      for (int64_t c = 0; c < w.shape[1]; ++c) {
        const double pixel = x.data.floats[static_cast<size_t>((first + c) * plane_size + offset)];
        sum += pixel * w.data.floats[static_cast<size_t>((out * w.shape[1] + c) * taps + tap)];
      }
    });
    result.data.floats[next++] = static_cast<float>(sum);
  });
  return One(std::move(result));
}

}  // namespace

constexpr Op kConv = Op({2, 3}, Infer, Evaluate, LayoutKind::kWindow, ImageAndConstantWeights)
                         .Normal(Normalize)
                         .Weights(1, 0)
                         .Bias(2, 1);

}  // namespace lockstep::ops
