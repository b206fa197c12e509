#include "sensitivity/node_alone.h"

#include <utility>

namespace lockstep::sensitivity {

graph::Graph NodeAlone(const graph::Graph& graph, const graph::Node& node, bool activation) {
  graph::Graph alone;
  alone.name = node.name;
  alone.opset = graph.opset;
  graph::Node copy = node;
  copy.pre_activation = graph::kNoTensor;
  if (!activation) copy.activation = {};
  for (graph::TensorId& id : copy.inputs) {
    if (id == graph::kNoTensor) continue;
    const graph::Tensor& tensor = graph.tensor(id);
    const graph::TensorId known = alone.Find(tensor.name);
    id = known != graph::kNoTensor ? known : alone.AddTensor(tensor);
    if (tensor.constant || known != graph::kNoTensor) continue;
    alone.inputs.push_back(id);
  }
  for (graph::TensorId& id : copy.outputs) {
    if (id == graph::kNoTensor) continue;
    id = alone.AddTensor(graph.tensor(id));
    alone.outputs.push_back(id);
  }
  alone.nodes.push_back(std::move(copy));
  return alone;
}

}  // namespace lockstep::sensitivity
