// Unary functions, arithmetic of two tensors, and batch normalisation, in the layout that the inputs have.
#include <cmath>

#include "engine/float/activation_algorithms.h"
#include "engine/float/broadcast.h"
#include "engine/float/operator_table.h"
#include "ops/broadcast.h"

namespace lockstep::engine {
namespace {

graph::Shape WithRank(const graph::Shape& shape, size_t rank) {
  graph::Shape padded(rank - shape.size(), 1);
  padded.insert(padded.end(), shape.begin(), shape.end());
  return padded;
}

// A layout that both operands have or can be brought to cheaply: that of an operand which has the output's shape.
int CommonBlock(const Plan& plan, ValueId a, ValueId b, const graph::Shape& output) {
  for (const ValueId id : {a, b}) {
    const Value& value = plan.value(id);
    if (value.block != kPlain && value.shape == output && FillsBlocks(output, value.block)) return value.block;
  }
  return kPlain;
}

// The operand as an array of the physical rank of the output.
struct Operand {
  ValueId id;
  graph::Shape physical;
};

Operand Prepare(Plan& plan, ValueId id, size_t rank, int block) {
  const graph::Shape shape = WithRank(plan.value(id).shape, rank);
  if (block == kPlain) return {plan.InLayout(id, kPlain), shape};
  if (shape[1] == 1) {  // the same for all channels
    graph::Shape physical = shape;
    physical.push_back(1);
    return {plan.InLayout(id, kPlain), physical};
  }
  if (plan.value(id).shape.size() != rank) id = plan.AddView(plan.InLayout(id, kPlain), shape, kPlain);
  return {plan.InLayout(id, block), PhysicalShape(shape, block)};
}

ValueId AddBinary(Plan& plan, BinaryKind kind, ValueId a, ValueId b, const graph::Shape& output_shape) {
  const int block = CommonBlock(plan, a, b, output_shape);
  const Operand left = Prepare(plan, a, output_shape.size(), block);
  const Operand right = Prepare(plan, b, output_shape.size(), block);
  const ValueId output = plan.AddValue(output_shape, block);
  const BroadcastLoop loop(kind, left.physical, right.physical, PhysicalShape(output_shape, block));
  plan.AddLoop({left.id, right.id}, output,
               [loop](const std::vector<const float*>& inputs, float* to) { loop(inputs[0], inputs[1], to); });
  return output;
}

const std::vector<float>& Floats(const graph::Graph& graph, const graph::Node& node, size_t index) {
  return graph.tensor(node.inputs[index]).constant->floats;
}

}  // namespace

std::string CheckActivation(const graph::Graph& graph, const graph::Node& node) {
  if (graph::ActivationOf(graph, node).kind == graph::ActivationKind::kNone) {
    return "limits that are not constant";
  }
  return {};
}

std::vector<ValueId> BuildActivation(NodeContext& context, const graph::Node& node) {
  const graph::Activation activation = graph::ActivationOf(context.graph(), node);
  return {ApplyActivation(context.plan(), context.Native(node.inputs[0]), activation)};
}

std::vector<ValueId> BuildBinary(NodeContext& context, const graph::Node& node) {
  ValueId result = context.Native(node.inputs[0]);
  graph::Shape shape = context.plan().value(result).shape;
  const BinaryKind kind = *BinaryOf(node.op);
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const ValueId other = context.Native(node.inputs[i]);
    shape = *ops::Broadcast(shape, context.plan().value(other).shape);
    result = AddBinary(context.plan(), kind, result, other, shape);
  }
  return {result};
}

std::string CheckBatchNormalization(const graph::Graph& graph, const graph::Node& node) {
  if (node.Int("training_mode", 0) != 0) return "training_mode is not supported";
  return CheckParameters(graph, node);
}

std::vector<ValueId> BuildBatchNormalization(NodeContext& context, const graph::Node& node) {
  const graph::Graph& graph = context.graph();
  const graph::Shape& shape = graph.tensor(node.inputs[0]).shape;
  const double epsilon = node.Float("epsilon", 1e-5F);
  std::vector<float> scale = Floats(graph, node, 1);
  std::vector<float> shift = Floats(graph, node, 2);
  for (size_t i = 0; i < scale.size(); ++i) {
    const double factor = scale[i] / std::sqrt(Floats(graph, node, 4)[i] + epsilon);
    shift[i] = static_cast<float>(shift[i] - Floats(graph, node, 3)[i] * factor);
    scale[i] = static_cast<float>(factor);
  }
  graph::Shape per_channel(shape.size(), 1);
  per_channel[1] = shape[1];
  Plan& plan = context.plan();
  const ValueId scaled = AddBinary(plan, BinaryKind::kMul, context.Native(node.inputs[0]),
                                   plan.AddConstant(per_channel, scale.data()), shape);
  return {AddBinary(plan, BinaryKind::kAdd, scaled, plan.AddConstant(per_channel, shift.data()), shape)};
}

}  // namespace lockstep::engine
