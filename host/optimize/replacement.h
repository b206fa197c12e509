// A composition in the place of one node with one output.
#pragma once

#include <string>
#include <vector>

#include "optimize/composition.h"

namespace lockstep::optimize {

// Nodes are added one after the other, each with its operator as stem; Finish puts them where `origin` stood. Whoever
// adds a node must finish.
class Replacement {
 public:
  using Attributes = Composition::Attributes;

  Replacement(graph::Graph& graph, size_t index)
      : graph_(graph), index_(index), first_(graph.nodes.size()), made_(graph, graph.nodes[index]) {}

  const graph::Node& origin() const { return made_.origin(); }
  graph::Shape ShapeOf(graph::TensorId id) const { return made_.ShapeOf(id); }
  graph::Shape OutputShape() const { return ShapeOf(origin().outputs[0]); }
  // Of a constant input.
  std::vector<int64_t> Ints(size_t input) const { return graph_.Ints(origin().inputs[input]); }

  // Each returns its output.
  graph::TensorId Add(const std::string& op, const std::vector<graph::TensorId>& inputs, const graph::Shape& shape,
                      const Attributes& attributes = {}) {
    return made_.Add(op, op, inputs, shape, attributes);
  }
  graph::TensorId Reshape(graph::TensorId x, const graph::Shape& shape) { return made_.Reshape("Reshape", x, shape); }
  graph::TensorId Transpose(graph::TensorId x, const std::vector<int64_t>& perm) {
    return made_.Transpose("Transpose", x, perm);
  }
  // Elements of x along an axis.
  graph::TensorId Gather(graph::TensorId x, int64_t axis, const std::vector<int64_t>& indices);

  // New constants.
  graph::TensorId Integers(const std::vector<int64_t>& values) { return made_.Ints("values", values); }
  graph::TensorId Floats(const graph::Shape& shape, std::vector<float> values) {
    return made_.Floats("values", shape, std::move(values));
  }

  // One more output of the last node.
  graph::TensorId AddOutput(graph::ElementType type);

  // `result`, which one of the nodes made, is the origin's output; that node has its name.
  bool Finish(graph::TensorId result);

 private:
  graph::Graph& graph_;
  size_t index_;
  size_t first_;  // of the new nodes
  Composition made_;
};

}  // namespace lockstep::optimize
