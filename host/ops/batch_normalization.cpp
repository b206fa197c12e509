#include <cmath>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// Inputs: x, scale, bias, mean and variance per channel; outputs that follow y are training's.
void Infer(InferContext& context) {
  context.RequireOneType(0);
  context.Real("epsilon", 1e-5F);
  context.Real("momentum", 0.9F);
  context.Flag("training_mode", false);
  context.Require(context.Rank(0) >= 2, "its input of shape " + graph::ToString(context.Shape(0)) + " has no channels");
  for (size_t i = 1; i < 5; ++i) {
    context.Require(context.Shape(i) == graph::Shape{context.Shape(0)[1]},
                    "its input " + std::to_string(i) + " has shape " + graph::ToString(context.Shape(i)) + " for " +
                        std::to_string(context.Shape(0)[1]) + " channels");
  }
  context.SetLikeInput();
  for (size_t i = 1; i < context.node.outputs.size(); ++i) context.Set(context.Type(0), context.Shape(1), i);
}

Results Evaluate(const Call& call) {
  if (!call.AllFloat() || call.node.Int("training_mode", 0) != 0 || call.node.outputs.size() > 1) return std::nullopt;
  Value result = call.In(0);
  const double epsilon = call.node.Float("epsilon", 1e-5F);
  const Rows rows(result.shape, 1);
  for (int64_t r = 0; r < rows.count; ++r) {
    for (int64_t channel = 0; channel < rows.length; ++channel) {
      const auto c = static_cast<size_t>(channel);
      float& x = result.data.floats[static_cast<size_t>(rows.Begin(r) + channel * rows.stride)];
      const double deviation = std::sqrt(call.In(4).data.floats[c] + epsilon);
      x = static_cast<float>((x - call.In(3).data.floats[c]) / deviation * call.In(1).data.floats[c] +
                             call.In(2).data.floats[c]);
    }
  }
  return One(std::move(result));
}

// For inference, with constant parameters that give finite numbers, it has become something else.
std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  if (node.Int("training_mode", 0) != 0 || node.outputs.size() > 1) {
    return "it is in training mode (training_mode " + std::to_string(node.Int("training_mode", 0)) + ", " +
           std::to_string(node.outputs.size()) + " outputs); export the model for inference";
  }
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (!graph::IsConstant(graph, node.inputs[i])) {
      return "its parameter '" + graph.tensor(node.inputs[i]).name + "' is computed; only constants are supported";
    }
    if (!AllFinite(graph, node.inputs[i])) {
      return "its parameter '" + graph.tensor(node.inputs[i]).name + "' contains infinity or NaN";
    }
  }
  const double epsilon = node.Float("epsilon", 1e-5F);
  const graph::Tensor& variance = graph.tensor(node.inputs[4]);
  for (size_t c = 0; c < variance.constant->floats.size(); ++c) {
    if (variance.constant->floats[c] + epsilon > 0.0) continue;
    return "its variance '" + variance.name + "' has " + std::to_string(variance.constant->floats[c]) +
           " for channel " + std::to_string(c) + " and epsilon is " + std::to_string(epsilon) +
           "; their sum must be above 0";
  }
  return "its parameters make numbers that float32 does not hold";
}

}  // namespace

constexpr Op kBatchNormalization = Op({5, 5, 5}, Infer, Evaluate, LayoutKind::kUnsupported, Unsupported);

}  // namespace lockstep::ops
