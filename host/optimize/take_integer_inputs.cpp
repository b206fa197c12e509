#include <algorithm>

#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;
using graph::Graph;
using graph::TensorId;

bool IsNarrow(int64_t onnx_type) { return onnx_type >= graph::kOnnxUint8 && onnx_type <= graph::kOnnxInt16; }

bool OnlyCastToFloat(const Graph& graph, const graph::Uses& uses, TensorId input) {
  const auto& consumers = uses.consumers[static_cast<size_t>(input)];
  if (consumers.empty() || uses.is_output[static_cast<size_t>(input)]) return false;
  return std::all_of(consumers.begin(), consumers.end(), [&](int32_t index) {
    const graph::Node& node = graph.nodes[static_cast<size_t>(index)];
    return node.op == "Cast" && graph.tensor(node.outputs[0]).type == ElementType::kFloat;
  });
}

}  // namespace

int TakeIntegerInputs(Graph& graph) {
  const graph::Uses uses(graph);
  int count = 0;
  for (const TensorId id : graph.inputs) {
    graph::Tensor& input = graph.tensor(id);
    if (input.type == ElementType::kFloat || !IsNarrow(input.onnx_type) || !OnlyCastToFloat(graph, uses, id)) continue;
    input.type = ElementType::kFloat;  // the Casts hand on what they get now
    ++count;
  }
  return count;
}

}  // namespace lockstep::optimize
