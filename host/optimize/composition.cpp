#include "optimize/composition.h"

namespace lockstep::optimize {

using graph::TensorId;

TensorId Composition::Add(const std::string& op, const std::string& stem, std::vector<TensorId> inputs,
                          const graph::Shape& shape, Attributes attributes) {
  const TensorId output = NewTensor(graph_, origin_.name + "_" + stem, inputs.at(0), shape);
  AddInto(output, op, stem, std::move(inputs), std::move(attributes));
  return output;
}

void Composition::AddInto(TensorId output, const std::string& op, const std::string& stem, std::vector<TensorId> inputs,
                          Attributes attributes) {
  graph_.nodes.push_back(HelperNode(origin_, op, "_" + stem, std::move(inputs), output, std::move(attributes)));
}

TensorId Composition::Reshape(const std::string& stem, TensorId x, const graph::Shape& shape) {
  if (ShapeOf(x) == shape) return x;
  return Add("Reshape", stem, {x, Ints(stem + "_shape", shape)}, shape, {{"allowzero", int64_t{1}}});
}

void Composition::ReshapeInto(TensorId output, const std::string& stem, TensorId x) {
  AddInto(output, "Reshape", stem, {x, Ints(stem + "_shape", ShapeOf(output))}, {{"allowzero", int64_t{1}}});
}

TensorId Composition::Transpose(const std::string& stem, TensorId x, const std::vector<int64_t>& perm) {
  const graph::Shape from = ShapeOf(x);
  graph::Shape shape;
  for (const int64_t axis : perm) shape.push_back(from[static_cast<size_t>(axis)]);
  return Add("Transpose", stem, {x}, shape, {{"perm", perm}});
}

void Composition::TransposeInto(TensorId output, const std::string& stem, TensorId x,
                                const std::vector<int64_t>& perm) {
  AddInto(output, "Transpose", stem, {x}, {{"perm", perm}});
}

TensorId Composition::Concat(const std::string& stem, const std::vector<TensorId>& parts, int64_t axis) {
  if (parts.size() == 1) return parts[0];
  graph::Shape shape = ShapeOf(parts[0]);
  int64_t& extent = shape[static_cast<size_t>(axis)];
  extent = 0;
  for (const TensorId part : parts) extent += ShapeOf(part)[static_cast<size_t>(axis)];
  return Add("Concat", stem, parts, shape, {{"axis", axis}});
}

std::vector<TensorId> Composition::Split(const std::string& stem, TensorId x, int64_t axis,
                                         const std::vector<int64_t>& sizes) {
  graph::Node node =
      HelperNode(origin_, "Split", "_" + stem, {x, Ints(stem + "_sizes", sizes)}, graph::kNoTensor, {{"axis", axis}});
  node.outputs.clear();
  graph::Shape shape = ShapeOf(x);
  for (size_t i = 0; i < sizes.size(); ++i) {
    shape[static_cast<size_t>(axis)] = sizes[i];
    node.outputs.push_back(NewTensor(graph_, origin_.name + "_" + stem + "_" + std::to_string(i), x, shape));
  }
  const std::vector<TensorId> parts = node.outputs;
  graph_.nodes.push_back(std::move(node));
  return parts;
}

TensorId Composition::Floats(const std::string& stem, const graph::Shape& shape, std::vector<float> values) {
  return AddFloats(graph_, origin_.name + "_" + stem, shape, std::move(values));
}

TensorId Composition::Ints(const std::string& stem, const std::vector<int64_t>& values) {
  return AddInts(graph_, origin_.name + "_" + stem, values);
}

}  // namespace lockstep::optimize
