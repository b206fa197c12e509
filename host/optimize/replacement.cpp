#include "optimize/replacement.h"

#include <algorithm>

#include "optimize/graph_edit.h"

namespace lockstep::optimize {

using graph::Shape;
using graph::TensorId;

TensorId Replacement::Add(const std::string& op, const std::vector<TensorId>& inputs, const Shape& shape,
                          const Attributes& attributes) {
  graph::Node node;
  node.op = op;
  node.name = origin_.name;
  node.inputs = inputs;
  node.attributes = attributes;
  node.onnx_nodes = origin_.onnx_nodes;
  const graph::ElementType type = graph_.tensor(inputs[0]).type;
  const std::string name = graph_.UniqueName(graph_.tensor(origin_.outputs[0]).name + "_" + op);
  node.outputs = {graph_.AddTensor({name, type, shape, std::nullopt})};
  made_.push_back(std::move(node));
  return made_.back().outputs[0];
}

TensorId Replacement::Reshape(TensorId x, const Shape& shape) { return Add("Reshape", {x, Integers(shape)}, shape); }

TensorId Replacement::Transpose(TensorId x, const std::vector<int64_t>& perm) {
  const Shape from = ShapeOf(x);
  Shape shape;
  for (const int64_t axis : perm) shape.push_back(from[static_cast<size_t>(axis)]);
  return Add("Transpose", {x}, shape, {{"perm", perm}});
}

TensorId Replacement::Gather(TensorId x, int64_t axis, const std::vector<int64_t>& indices) {
  Shape shape = ShapeOf(x);
  shape[static_cast<size_t>(axis)] = static_cast<int64_t>(indices.size());
  return Add("Gather", {x, Integers(indices)}, shape, {{"axis", axis}});
}

TensorId Replacement::Integers(const std::vector<int64_t>& values) {
  return graph::AddInts(graph_, origin_.name + "_values", values);
}

TensorId Replacement::Floats(const Shape& shape, std::vector<float> values) {
  return graph::AddFloats(graph_, origin_.name + "_values", shape, std::move(values));
}

TensorId Replacement::AddOutput(graph::ElementType type) {
  const Shape shape = ShapeOf(made_.back().outputs[0]);
  const std::string name = graph_.UniqueName(graph_.tensor(made_.back().outputs[0]).name + "_second");
  made_.back().outputs.push_back(graph_.AddTensor({name, type, shape, std::nullopt}));
  return made_.back().outputs.back();
}

bool Replacement::Finish(TensorId result) {
  for (graph::Node& node : made_) {
    std::replace(node.outputs.begin(), node.outputs.end(), result, origin_.outputs[0]);
  }
  Retire(graph_.nodes[index_]);
  for (auto node = made_.rbegin(); node != made_.rend(); ++node) InsertNode(graph_, index_, std::move(*node));
  return true;
}

}  // namespace lockstep::optimize
