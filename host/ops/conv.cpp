#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/products.h"
#include "ops/window.h"

namespace lockstep::ops {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;

// Inputs: x, weights, bias.
void Infer(InferContext& context) {
  context.RequireType(0, graph::ElementType::kFloat);
  context.RequireOneType(0);
  context.Set(graph::ElementType::kFloat, ConvolutionShape(context, context.Shape(0), context.Shape(1)));
  if (context.Has(2)) {
    const Shape channels{context.Shape(1)[0]};
    context.Require(context.Shape(2) == channels,
                    "bias has shape " + graph::ToString(context.Shape(2)) + " instead of " + graph::ToString(channels));
  }
}

bool Normalize(Graph& graph, Node& node) {
  const Shape& x = graph.tensor(node.inputs[0]).shape;
  const Shape& w = graph.tensor(node.inputs[1]).shape;
  const bool changed = NormalizeWindow(node, ResolveWindow(node, Spatial(x), Spatial(w)));
  return SetAttribute(node, "group", node.Int("group", 1)) || changed;
}

Results Evaluate(const Call& call) {
  if (!call.AllFloat()) return std::nullopt;
  const std::vector<float>& x = call.In(0).data.floats;
  const std::vector<float>& w = call.In(1).data.floats;
  Value result = MakeValue(graph::ElementType::kFloat, call.Shape());
  ForConvolution<double>(
      call.node, call.In(0).shape, call.In(1).shape, result.shape,
      [&](size_t pixel, size_t weight) { return static_cast<double>(x[pixel]) * w[weight]; },
      [&](size_t i, size_t channel, double sum) {
        const double bias = call.Has(2) ? call.In(2).data.floats[channel] : 0.0;
        result.data.floats[i] = static_cast<float>(bias + sum);
      });
  return One(std::move(result));
}

}  // namespace

constexpr Op kConv = Op({2, 3}, Infer, Evaluate, LayoutKind::kWindow, ImageAndConstantWeights)
                         .Normal(Normalize)
                         .Weights(1, 0)
                         .Bias(2, 1);

}  // namespace lockstep::ops
