#include <algorithm>
#include <set>

#include "ops/op_table.h"
#include "optimize/graph_edit.h"
#include "optimize/optimize.h"
#include "optimize/pass.h"
#include "optimize/truth_nodes.h"
#include "optimize/where_branches.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;
using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

// Which truth values become numbers: those that nothing needs as they are, not even what is made of them.
class Conversion {
 public:
  Conversion(const Graph& graph, const graph::Uses& uses) : graph_(graph), uses_(uses) {
    for (const TensorId id : graph.inputs) {
      if (IsTruth(id)) converted_.insert(id);
    }
    for (const Node& node : graph.nodes) {
      for (const TensorId id : node.outputs) {
        if (id != kNoTensor && IsTruth(id)) converted_.insert(id);
      }
    }
    while (Shrink()) {
    }
  }

  bool Converts(TensorId id) const { return converted_.count(id) != 0; }

  // Does the node hand on what became floats?
  bool Moves(const Node& node) const { return HandsOn(node) && AnyConverted(node.outputs); }

  // Is the node to be written anew?
  bool Concerns(const Node& node) const {
    return !HandsOn(node) && (AnyConverted(node.inputs) || AnyConverted(node.outputs));
  }

 private:
  bool IsTruth(TensorId id) const {
    return graph_.tensor(id).type == ElementType::kBool && !graph_.tensor(id).constant;
  }
  bool IsFloat(TensorId id) const { return graph_.tensor(id).type == ElementType::kFloat; }
  bool AnyConverted(const std::vector<TensorId>& ids) const {
    return std::any_of(ids.begin(), ids.end(), [&](TensorId id) { return id != kNoTensor && Converts(id); });
  }

  // Copies elements, of whatever type.
  static bool HandsOn(const Node& node) {
    const ops::Op* op = ops::FindOp(node.op);
    return node.op == "Concat" || node.op == "Expand" || node.op == "Tile" || (op != nullptr && op->quantization.view);
  }

  // Whether the node could be written with numbers, as far as its other inputs go.
  bool Fits(const Node& node) const {
    if (HandsOn(node) || IsLogic(node.op)) return true;
    if (IsQuestion(node.op)) return IsFloat(node.inputs[0]);
    if (IsComparison(node.op)) {
      const ElementType type = graph_.tensor(node.inputs[0]).type;
      return type == ElementType::kFloat || (type == ElementType::kBool && node.op == "Equal");
    }
    if (node.op == "Cast") return IsFloat(node.inputs[0]) != IsFloat(node.outputs[0]);
    return node.op == "Where" && graph_.tensor(node.inputs[1]).type != ElementType::kInt64 &&
           BranchesFit(graph_, uses_, node);
  }

  bool Shrink() {
    const size_t before = converted_.size();
    for (const Node& node : graph_.nodes) {
      const auto stays = [&](TensorId id) { return id != kNoTensor && IsTruth(id) && !Converts(id); };
      const bool all = Fits(node) && std::none_of(node.inputs.begin(), node.inputs.end(), stays) &&
                       std::none_of(node.outputs.begin(), node.outputs.end(), stays);
      if (all) continue;
      for (const auto* list : {&node.inputs, &node.outputs}) {
        for (const TensorId id : *list) converted_.erase(id);
      }
    }
    return converted_.size() != before;
  }

  const Graph& graph_;
  const graph::Uses& uses_;
  std::set<TensorId> converted_;
};

// Of a Concat, beside what became floats.
void ConstantsToFloats(Graph& graph, Node& node) {
  for (TensorId& id : node.inputs) {
    if (id != kNoTensor && graph.tensor(id).type == ElementType::kBool) id = TruthAsFloats(graph, id);
  }
}

}  // namespace

int TruthToNumbers(Graph& graph) {
  const graph::Uses uses(graph);
  const Conversion conversion(graph, uses);
  std::vector<Node> nodes;
  int count = 0;
  for (const Node& node : graph.nodes) {
    const bool constant = node.op == "Where" && graph.tensor(node.inputs[0]).constant &&
                          graph.tensor(node.outputs[0]).type == ElementType::kFloat && BranchesFit(graph, uses, node);
    if (!constant && !conversion.Concerns(node)) {
      nodes.push_back(node);
      if (conversion.Moves(node)) ConstantsToFloats(graph, nodes.back());
      continue;
    }
    for (Node& made : TruthWriter(graph, uses, node).Write()) nodes.push_back(std::move(made));
    ++count;
  }
  for (const TensorId id : graph.inputs) count += conversion.Converts(id) ? 1 : 0;
  if (count == 0) return 0;
  graph.nodes = std::move(nodes);
  for (TensorId id = 0; id < graph.tensor_count(); ++id) {
    if (conversion.Converts(id)) graph.tensor(id).type = ElementType::kFloat;
  }
  graph::SortAndPrune(graph);
  InferShapes(graph);
  return count;
}

}  // namespace lockstep::optimize
