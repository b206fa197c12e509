#include "graph/maker.h"

#include <algorithm>

namespace lockstep::graph {

const Node* MakerOf(const Graph& graph, TensorId id) {
  if (id == kNoTensor) return nullptr;
  for (const Node& node : graph.nodes) {
    const bool behind = std::find(node.outputs.begin(), node.outputs.end(), id) != node.outputs.end();
    if (behind || node.pre_activation == id) return &node;
  }
  return nullptr;
}

}  // namespace lockstep::graph
