#include "optimize/infer_shapes.h"

#include <algorithm>

#include "graph/error.h"
#include "optimize/optimize.h"
#include "optimize/shape_rules.h"

namespace lockstep::optimize {
namespace {

// More elements than this come from a damaged or hostile model.
constexpr int64_t kLargestTensor = int64_t{1} << 31;

const ShapeRule* FindRule(const std::string& op) {
  for (const ShapeRules* rules : {&ElementwiseRules(), &WindowRules(), &LayoutRules(), &ReductionRules()}) {
    const auto found = rules->find(op);
    if (found != rules->end()) return &found->second;
  }
  return nullptr;
}

bool InputsKnown(const graph::Graph& graph, const graph::Node& node) {
  return std::all_of(node.inputs.begin(), node.inputs.end(), [&](graph::TensorId id) {
    return id == graph::kNoTensor || graph::IsKnown(graph.tensor(id).shape);
  });
}

}  // namespace

const Value* KnownValues::Find(graph::TensorId id) {
  const auto found = values_.find(id);
  if (found != values_.end()) return &found->second;
  const graph::Tensor& tensor = graph_.tensor(id);
  if (!tensor.constant) return nullptr;
  return &values_.emplace(id, Value{tensor.type, tensor.shape, *tensor.constant}).first->second;
}

void KnownValues::Evaluate(const graph::Node& node) {
  int64_t work = 0;
  for (const graph::TensorId id : node.outputs) {
    if (id == graph::kNoTensor) continue;
    if (!graph::IsKnown(graph_.tensor(id).shape)) return;
    work += graph::ElementCount(graph_.tensor(id).shape);
  }
  const bool shape_only = node.op == "Shape" || node.op == "Size";
  for (const graph::TensorId id : node.inputs) {
    if (id == graph::kNoTensor || shape_only) continue;
    if (values_.count(id) == 0 && !graph_.tensor(id).constant) return;
    work += graph::ElementCount(graph_.tensor(id).shape);
  }
  if (work > largest_) return;
  ValueInputs inputs;
  for (const graph::TensorId id : node.inputs) {
    inputs.push_back(id == graph::kNoTensor || shape_only ? nullptr : Find(id));
  }
  auto results = EvaluateConstant(graph_, node, inputs);
  if (!results) return;
  for (size_t i = 0; i < node.outputs.size() && i < results->size(); ++i) {
    if (node.outputs[i] != graph::kNoTensor) values_[node.outputs[i]] = std::move((*results)[i]);
  }
}

void InferNode(graph::Graph& graph, const graph::Node& node, KnownValues& values) {
  const ShapeRule* rule = FindRule(node.op);
  ShapeContext context(graph, node, [&values](graph::TensorId id) { return values.Find(id); });
  if (rule != nullptr && InputsKnown(graph, node)) {
    (*rule)(context);
  } else {
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] != graph::kNoTensor) context.types[i] = graph.tensor(node.outputs[i]).type;
    }
  }
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] == graph::kNoTensor) continue;
    if (graph::IsKnown(context.shapes[i])) {
      context.Require(graph::ElementCount(context.shapes[i]) <= kLargestTensor,
                      "its output would have " + graph::ToString(context.shapes[i]) + " elements");
    } else {
      context.shapes[i] = graph::kUnknownShape;
    }
    graph::Tensor& tensor = graph.tensor(node.outputs[i]);
    tensor.type = context.types[i];
    tensor.shape = context.shapes[i];
  }
  if (node.pre_activation != graph::kNoTensor && !node.outputs.empty()) {
    graph.tensor(node.pre_activation).shape = context.shapes[0];
    graph.tensor(node.pre_activation).type = context.types[0];
  }
}

void InferShapes(graph::Graph& graph) {
  constexpr int64_t kLargestShapeArithmetic = int64_t{1} << 16;
  KnownValues values(graph, kLargestShapeArithmetic);
  for (const graph::Node& node : graph.nodes) {
    InferNode(graph, node, values);
    values.Evaluate(node);
  }
}

}  // namespace lockstep::optimize
