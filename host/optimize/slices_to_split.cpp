#include <algorithm>

#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

struct Part {
  int64_t start, end;
  TensorId output;
};

// The part that a Slice with explicit inputs takes of one axis with step 1; false for every other node.
bool ReadPart(const Graph& graph, const Node& node, int64_t* axis, Part* part) {
  if (node.op != "Slice" || node.inputs.size() != 5 || !graph::IsKnown(graph.tensor(node.outputs[0]).shape))
    return false;
  for (size_t i = 1; i < 5; ++i) {
    if (!IsConstant(graph, node.inputs[i]) || graph.Ints(node.inputs[i]).size() != 1) return false;
  }
  if (graph.Ints(node.inputs[4])[0] != 1) return false;
  *axis = graph.Ints(node.inputs[3])[0];
  *part = {graph.Ints(node.inputs[1])[0], graph.Ints(node.inputs[2])[0], node.outputs[0]};
  return true;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  int64_t axis = 0;
  Part part{};
  if (!ReadPart(graph, graph.nodes[index], &axis, &part)) return false;
  const TensorId x = graph.nodes[index].inputs[0];
  if (axis < 0) return false;
  const std::vector<int32_t>& users = uses.consumers[static_cast<size_t>(x)];
  if (users.size() < 2 || users[0] != static_cast<int32_t>(index)) return false;
  std::vector<Part> parts;
  for (const int32_t user : users) {
    int64_t its_axis = 0;
    if (!ReadPart(graph, graph.nodes[static_cast<size_t>(user)], &its_axis, &part) || its_axis != axis) return false;
    parts.push_back(part);
  }
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.start < b.start; });
  int64_t next = 0;
  for (const Part& one : parts) {
    if (one.start != next) return false;
    next = one.end;
  }
  if (next != graph.tensor(x).shape[static_cast<size_t>(axis)]) return false;

  std::vector<int64_t> sizes;
  std::vector<TensorId> outputs;
  for (const Part& one : parts) {
    sizes.push_back(one.end - one.start);
    outputs.push_back(one.output);
  }
  const TensorId sizes_id = AddInts(graph, graph.nodes[index].name + "_sizes", sizes);
  Node split{"Split", graph.nodes[index].name, {x, sizes_id}, outputs, {{"axis", axis}}, {}, graph::kNoTensor, {}};
  for (const int32_t user : users) {
    InheritNodes(split, graph.nodes[static_cast<size_t>(user)]);
    Retire(graph.nodes[static_cast<size_t>(user)]);
  }
  graph.nodes[index] = std::move(split);
  return true;
}

}  // namespace

int SlicesToSplit(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
