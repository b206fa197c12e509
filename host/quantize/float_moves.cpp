#include "quantize/float_moves.h"

#include <algorithm>
#include <vector>

#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

bool Moves(const graph::Node& node) { return IsView(node) || node.op == "Concat"; }

// By tensor: whether moves are all that happens to it on the way to the outputs.
std::vector<bool> OnlyDelivered(const graph::Graph& graph, const std::set<graph::TensorId>& raw) {
  const graph::Uses uses(graph);
  std::vector<bool> delivered(static_cast<size_t>(graph.tensor_count()), false);
  for (const graph::TensorId output : graph.outputs) delivered[static_cast<size_t>(output)] = raw.count(output) == 0;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    for (const graph::TensorId id : node->outputs) {
      if (id == graph::kNoTensor) continue;
      const auto at = static_cast<size_t>(id);
      if (uses.is_output[at] && !delivered[at]) continue;
      delivered[at] = std::all_of(uses.consumers[at].begin(), uses.consumers[at].end(), [&](int32_t reader) {
        const graph::Node& consumer = graph.nodes[static_cast<size_t>(reader)];
        return Moves(consumer) && std::all_of(consumer.outputs.begin(), consumer.outputs.end(), [&](auto output) {
                 return output == graph::kNoTensor || delivered[static_cast<size_t>(output)];
               });
      });
    }
  }
  return delivered;
}

}  // namespace

std::set<graph::TensorId> FloatMoves(const graph::Graph& graph, const std::set<graph::TensorId>& raw) {
  const std::vector<bool> delivered = OnlyDelivered(graph, raw);
  std::set<graph::TensorId> moved;
  for (const graph::Node& node : graph.nodes) {
    const bool joins = node.op == "Concat";
    if (!joins && !(IsView(node) && moved.count(node.inputs[0]) != 0)) continue;
    for (const graph::TensorId output : node.outputs) {
      if (output != graph::kNoTensor && delivered[static_cast<size_t>(output)] &&
          graph.tensor(output).type == graph::ElementType::kFloat) {
        moved.insert(output);
      }
    }
  }
  return moved;
}

}  // namespace lockstep::quantize
