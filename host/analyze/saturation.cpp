#include "analyze/saturation.h"

#include <algorithm>
#include <set>
#include <string>

namespace lockstep::analyze {

bool OnlySaturates(const graph::Graph& graph, const graph::Uses& uses, graph::TensorId id) {
  static const std::set<std::string> kMoving = {"Reshape", "Transpose", "Slice", "Split",
                                                "Concat",  "Gather",    "Tile",  "Expand"};
  static const std::set<graph::ActivationKind> kFlat = {graph::ActivationKind::kSigmoid, graph::ActivationKind::kTanh,
                                                        graph::ActivationKind::kHardSigmoid,
                                                        graph::ActivationKind::kClip};
  const auto place = static_cast<size_t>(id);
  if (uses.is_output[place] || uses.consumers[place].empty()) return false;
  return std::all_of(uses.consumers[place].begin(), uses.consumers[place].end(), [&](int32_t reader) {
    const graph::Node& node = graph.nodes[static_cast<size_t>(reader)];
    if (node.op == "Softmax" || kFlat.count(graph::ActivationOf(graph, node).kind) != 0) return true;
    return kMoving.count(node.op) != 0 &&
           std::all_of(node.outputs.begin(), node.outputs.end(), [&](graph::TensorId output) {
             return output == graph::kNoTensor || OnlySaturates(graph, uses, output);
           });
  });
}

}  // namespace lockstep::analyze
