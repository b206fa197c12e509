// Several nodes in the place of one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::optimize {

// Nodes are added one after the other; Finish puts them where `origin` stood. They have its name and stand for its ONNX
// nodes.
class Replacement {
 public:
  using Attributes = std::map<std::string, graph::Attribute>;

  Replacement(graph::Graph& graph, size_t index) : graph_(graph), index_(index), origin_(graph.nodes[index]) {}

  const graph::Node& origin() const { return origin_; }
  graph::Shape ShapeOf(graph::TensorId id) const { return graph_.tensor(id).shape; }
  graph::Shape OutputShape() const { return ShapeOf(origin_.outputs[0]); }
  // Of a constant input.
  std::vector<int64_t> Ints(size_t input) const { return graph_.Ints(origin_.inputs[input]); }

  // Each returns its output, of the first input's type.
  graph::TensorId Add(const std::string& op, const std::vector<graph::TensorId>& inputs, const graph::Shape& shape,
                      const Attributes& attributes = {});
  graph::TensorId Reshape(graph::TensorId x, const graph::Shape& shape);
  graph::TensorId Transpose(graph::TensorId x, const std::vector<int64_t>& perm);
  // Elements of x along an axis.
  graph::TensorId Gather(graph::TensorId x, int64_t axis, const std::vector<int64_t>& indices);

  // New constants.
  graph::TensorId Integers(const std::vector<int64_t>& values);
  graph::TensorId Floats(const graph::Shape& shape, std::vector<float> values);

  // One more output of the last node.
  graph::TensorId AddOutput(graph::ElementType type);

  // `result`, which one of the nodes made, is the origin's output.
  bool Finish(graph::TensorId result);

 private:
  graph::Graph& graph_;
  size_t index_;
  const graph::Node origin_;
  std::vector<graph::Node> made_;
};

}  // namespace lockstep::optimize
