// What takes the place of one node: nodes that are put together one by one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "optimize/graph_edit.h"

namespace lockstep::optimize {

// Nodes and tensors get the origin's name and a stem; nodes stand for the ONNX nodes that it stands for. They are
// appended to the graph, so references into graph.nodes become invalid.
class Composition {
 public:
  Composition(graph::Graph& graph, const graph::Node& origin) : graph_(graph), origin_(origin) {}

  const graph::Node& origin() const { return origin_; }
  graph::Shape ShapeOf(graph::TensorId id) const { return graph_.tensor(id).shape; }

  using Attributes = std::map<std::string, graph::Attribute>;
  // A node and its output of shape `shape`, of the first input's element type.
  graph::TensorId Add(const std::string& op, const std::string& stem, std::vector<graph::TensorId> inputs,
                      const graph::Shape& shape, Attributes attributes = {});
  // The same with an output that exists.
  void AddInto(graph::TensorId output, const std::string& op, const std::string& stem,
               std::vector<graph::TensorId> inputs, Attributes attributes = {});
  graph::TensorId Reshape(const std::string& stem, graph::TensorId x, const graph::Shape& shape);
  void ReshapeInto(graph::TensorId output, const std::string& stem, graph::TensorId x);
  graph::TensorId Transpose(const std::string& stem, graph::TensorId x, const std::vector<int64_t>& perm);
  void TransposeInto(graph::TensorId output, const std::string& stem, graph::TensorId x,
                     const std::vector<int64_t>& perm);
  // Of several tensors, or the only one.
  graph::TensorId Concat(const std::string& stem, const std::vector<graph::TensorId>& parts, int64_t axis);
  // Parts of these sizes along `axis`.
  std::vector<graph::TensorId> Split(const std::string& stem, graph::TensorId x, int64_t axis,
                                     const std::vector<int64_t>& sizes);

  graph::TensorId Floats(const std::string& stem, const graph::Shape& shape, std::vector<float> values);
  graph::TensorId Ints(const std::string& stem, const std::vector<int64_t>& values);
  graph::TensorId Scalar(const std::string& stem, float value) { return Floats(stem, {}, {value}); }

 private:
  graph::Graph& graph_;
  graph::Node origin_;
};

}  // namespace lockstep::optimize
