#include "optimize/infer_shapes.h"

#include <algorithm>
#include <limits>

#include "graph/error.h"
#include "ops/op_table.h"
#include "optimize/optimize.h"

namespace lockstep::optimize {
namespace {

// More elements than this, in a tensor or along an axis, come from a damaged or hostile model; more axes too.
constexpr int64_t kLargestTensor = int64_t{1} << 31;
constexpr size_t kLargestRank = 64;

// Results with more elements are folded only if the inputs have half as many: all others come from models that are made
// to fill the memory.
constexpr int64_t kLargestFolded = int64_t{1} << 22;

bool InputsKnown(const graph::Graph& graph, const graph::Node& node) {
  return std::all_of(node.inputs.begin(), node.inputs.end(), [&](graph::TensorId id) {
    return id == graph::kNoTensor || graph::IsKnown(graph.tensor(id).shape);
  });
}

// A sum that does not overflow.
int64_t Together(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<int64_t>::max() : sum;
}

void RequireSize(const ops::InferContext& context, const graph::Shape& shape) {
  const bool small = std::all_of(shape.begin(), shape.end(), [](int64_t size) { return size <= kLargestTensor; });
  context.Require(small && graph::ElementCount(shape) <= kLargestTensor,
                  "its output would have " + graph::ToString(shape) + " elements");
}

}  // namespace

const ops::Value* KnownValues::Find(graph::TensorId id) {
  const auto found = values_.find(id);
  if (found != values_.end()) return &found->second;
  const graph::Tensor& tensor = graph_.tensor(id);
  if (!tensor.constant) return nullptr;
  return &values_.emplace(id, ops::Value{tensor.type, tensor.shape, *tensor.constant}).first->second;
}

void KnownValues::Evaluate(const graph::Node& node) {
  const ops::Op* op = ops::FindOp(node.op);
  if (op == nullptr || node.activation.kind != graph::ActivationKind::kNone) return;
  int64_t made = 0;
  for (const graph::TensorId id : node.outputs) {
    if (id == graph::kNoTensor) continue;
    if (!graph::IsKnown(graph_.tensor(id).shape)) return;
    made = Together(made, graph::ElementCount(graph_.tensor(id).shape));
  }
  int64_t given = 0;
  for (const graph::TensorId id : node.inputs) {
    if (id == graph::kNoTensor || op->of_shapes) continue;
    if (values_.count(id) == 0 && !graph_.tensor(id).constant) return;
    given = Together(given, graph::ElementCount(graph_.tensor(id).shape));
  }
  if (Together(made, given) > largest_ || made > std::max(kLargestFolded, Together(given, given))) return;
  ops::ValueInputs inputs;
  for (const graph::TensorId id : node.inputs) {
    inputs.push_back(id == graph::kNoTensor || op->of_shapes ? nullptr : Find(id));
  }
  auto results = ops::EvaluateNode(graph_, node, inputs);
  if (!results) return;
  for (size_t i = 0; i < node.outputs.size() && i < results->size(); ++i) {
    if (node.outputs[i] != graph::kNoTensor) values_[node.outputs[i]] = std::move((*results)[i]);
  }
}

void InferNode(graph::Graph& graph, const graph::Node& node, KnownValues& values) {
  ops::InferContext context(graph, node, [&values](graph::TensorId id) { return values.Find(id); });
  const bool inputs_known = InputsKnown(graph, node);
  ops::InferNode(context, inputs_known);
  if (ops::FindOp(node.op) == nullptr || !inputs_known) {
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] != graph::kNoTensor) context.types[i] = graph.tensor(node.outputs[i]).type;
    }
  }
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] == graph::kNoTensor) continue;
    context.Require(context.shapes[i].size() <= kLargestRank,
                    "its output would have " + std::to_string(context.shapes[i].size()) + " axes");
    if (graph::IsKnown(context.shapes[i])) {
      RequireSize(context, context.shapes[i]);
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
