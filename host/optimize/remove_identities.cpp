#include <algorithm>

#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

bool IsIn(const std::string& op, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&op](const char* one) { return op == one; });
}

// x + 0, x - 0, x * 1, x / 1: the data input, or kNoTensor.
TensorId NeutralArithmetic(const Graph& graph, const Node& node) {
  const bool sum = IsIn(node.op, {"Add", "Sub"});
  if ((!sum && !IsIn(node.op, {"Mul", "Div"})) || node.inputs.size() != 2) return graph::kNoTensor;
  const bool commutes = IsIn(node.op, {"Add", "Mul"});
  for (size_t data = 0; data < (commutes ? 2U : 1U); ++data) {
    double value = 0.0;
    if (IsUniform(graph, node.inputs[1 - data], &value) && value == (sum ? 0.0 : 1.0) &&
        !IsConstant(graph, node.inputs[data])) {
      return node.inputs[data];
    }
  }
  return graph::kNoTensor;
}

// A Resize to the size that it has takes every element once unless it stretches by a little, crops, or counts places
// between the elements.
bool KeepsElements(const Graph& graph, const Node& resize) {
  double scale = 1.0;
  const bool scaled = resize.inputs.size() > 2 && resize.inputs[2] != graph::kNoTensor;
  if (scaled && (!IsUniform(graph, resize.inputs[2], &scale) || scale != 1.0)) return false;
  return !IsIn(resize.String("coordinate_transformation_mode", "half_pixel"),
               {"tf_crop_and_resize", "tf_half_pixel_for_nn"});
}

// The input that the node hands on unchanged, kNoTensor if it does something.
TensorId HandsOn(const Graph& graph, const graph::Uses& uses, const Node& node) {
  if (node.inputs.empty() || node.activation.kind != graph::ActivationKind::kNone) return graph::kNoTensor;
  for (size_t i = 1; i < node.outputs.size(); ++i) {
    const TensorId id = node.outputs[i];
    if (id == graph::kNoTensor) continue;
    if (!uses.consumers[static_cast<size_t>(id)].empty() || uses.is_output[static_cast<size_t>(id)]) {
      return graph::kNoTensor;
    }
  }
  TensorId x = node.inputs[0];
  const TensorId neutral = NeutralArithmetic(graph, node);
  if (neutral != graph::kNoTensor) x = neutral;
  if (x == graph::kNoTensor) return graph::kNoTensor;
  const graph::Tensor& from = graph.tensor(x);
  const graph::Tensor& to = graph.tensor(node.outputs[0]);
  if (IsIn(node.op, {"Identity", "Dropout"})) return x;
  if (!graph::IsKnown(from.shape) || from.shape != to.shape || from.type != to.type) return graph::kNoTensor;
  if (neutral != graph::kNoTensor) return x;
  if (node.attributes.count("integer_type") != 0) return graph::kNoTensor;  // a Cast that may wrap
  if (IsIn(node.op, {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast", "Expand", "Tile", "Split"})) return x;
  if (node.op == "Concat" && node.inputs.size() == 1) return x;
  if (node.op == "Transpose") {
    const std::vector<int64_t> perm = node.Ints("perm", {});
    return !perm.empty() && std::is_sorted(perm.begin(), perm.end()) ? x : graph::kNoTensor;
  }
  if (node.op == "Resize") return KeepsElements(graph, node) ? x : graph::kNoTensor;
  if (node.op == "Pad" || node.op == "Slice") {  // of the same shape, these may still shift or reverse
    const size_t list = node.op == "Pad" ? 1 : 4;
    const bool given = list < node.inputs.size() && node.inputs[list] != graph::kNoTensor;
    if (given && !IsConstant(graph, node.inputs[list])) return graph::kNoTensor;
    const std::vector<int64_t> values = given ? graph.Ints(node.inputs[list]) : std::vector<int64_t>{};
    const bool still =
        std::all_of(values.begin(), values.end(), [list](int64_t v) { return list == 1 ? v == 0 : v > 0; });
    return still ? x : graph::kNoTensor;
  }
  return graph::kNoTensor;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  const TensorId x = HandsOn(graph, uses, graph.nodes[index]);
  if (x == graph::kNoTensor) return false;
  const TensorId y = graph.nodes[index].outputs[0];
  Node* producer = ProducerOf(graph, uses, x);
  if (uses.is_output[static_cast<size_t>(y)]) {
    const bool movable = producer != nullptr && !uses.is_output[static_cast<size_t>(x)];
    if (!movable) {  // a graph output must be made by something
      if (graph.nodes[index].op == "Identity") return false;
      Node& node = graph.nodes[index];
      node.op = "Identity";
      node.inputs = {x};
      node.outputs = {y};
      node.attributes.clear();
      return true;
    }
    InheritNodes(*producer, graph.nodes[index]);
    Retire(graph.nodes[index]);
    std::replace(producer->outputs.begin(), producer->outputs.end(), x, y);
    ReplaceUses(graph, x, y);
    return true;
  }
  if (producer != nullptr) InheritNodes(*producer, graph.nodes[index]);
  Retire(graph.nodes[index]);
  ReplaceUses(graph, y, x);
  return true;
}

}  // namespace

int RemoveIdentities(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
