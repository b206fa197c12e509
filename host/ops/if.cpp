// If, as the importer leaves it: both branches are nodes of the graph, and it chooses between their outputs.
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

// Inputs: the condition, the outputs of one branch, those of the other.
void Infer(InferContext& context) {
  const size_t outputs = context.node.outputs.size();
  context.RequireType(0, graph::ElementType::kBool);
  context.Require(graph::ElementCount(context.Shape(0)) == 1, "its condition is not one truth value");
  context.Require(context.node.inputs.size() == 1 + 2 * outputs, "its branches do not make its outputs");
  const Value* condition = context.Constant(0);
  for (size_t i = 0; i < outputs; ++i) {
    const size_t one = 1 + i;
    const size_t other = 1 + outputs + i;
    const bool first = condition == nullptr || condition->Number(0) != 0.0;
    const bool alike = context.Shape(one) == context.Shape(other);
    const graph::Shape& shape = context.Shape(first ? one : other);
    context.Set(context.Type(first ? one : other), condition != nullptr || alike ? shape : graph::kUnknownShape, i);
  }
}

Results Evaluate(const Call& call) {
  const size_t outputs = call.node.outputs.size();
  const size_t begin = call.In(0).Number(0) != 0.0 ? 1 : 1 + outputs;
  std::vector<Value> results;
  for (size_t i = 0; i < outputs; ++i) results.push_back(call.In(begin + i));
  return results;
}

std::string Unsupported(const graph::Graph& /*graph*/, const graph::Node& /*node*/) {
  return "its condition is computed; if that follows from an input that always has one value, give this with "
         "--input-value NAME=NUMBER, else cut the network in front of it with --output-nodes";
}

}  // namespace

constexpr Op kIf = Op({3, kAnyNumber, kAnyNumber}, Infer, Evaluate, LayoutKind::kUnsupported, Unsupported);

}  // namespace lockstep::ops
