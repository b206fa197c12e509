#include <limits>

#include "optimize/given_scales.h"
#include "optimize/infer_shapes.h"
#include "optimize/optimize.h"

namespace lockstep::optimize {

int FoldConstants(graph::Graph& graph) {
  KnownValues values(graph, std::numeric_limits<int64_t>::max());
  std::vector<graph::Node> kept;
  int folded = 0;
  for (graph::Node& node : graph.nodes) {
    InferNode(graph, node, values);
    values.Evaluate(node);
    bool whole = !node.outputs.empty();
    for (const graph::TensorId id : node.outputs) {
      whole = whole && (id == graph::kNoTensor || values.Find(id) != nullptr);
    }
    if (!whole) {
      kept.push_back(std::move(node));
      continue;
    }
    ++folded;
    for (const graph::TensorId id : node.outputs) {
      if (id == graph::kNoTensor) continue;
      graph.tensor(id).constant = values.Find(id)->data;
    }
    CarryScales(graph, node);
  }
  graph.nodes = std::move(kept);
  graph::SortAndPrune(graph);
  return folded;
}

}  // namespace lockstep::optimize
