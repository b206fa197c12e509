#include <algorithm>

#include "ops/op_table.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

constexpr size_t kLineRank = 3;  // N, C, length

bool IsIn(const std::string& op, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&op](const char* one) { return op == one; });
}

// Images have rows: an axis of one row before the last one.
Shape WithRow(Shape shape) {
  shape.insert(shape.end() - 1, 1);
  return shape;
}

// What makes lines of an image of one row: that image, kNoTensor if it is not made so.
TensorId ImageBefore(const Graph& graph, const graph::Uses& uses, TensorId line) {
  if (line == kNoTensor || uses.producer[static_cast<size_t>(line)] < 0) return kNoTensor;
  const Node& maker = graph.nodes[static_cast<size_t>(uses.producer[static_cast<size_t>(line)])];
  const Shape& shape = graph.tensor(line).shape;
  if (!IsReshape(maker.op) || shape.size() != kLineRank) return kNoTensor;
  return graph.tensor(maker.inputs[0]).shape == WithRow(shape) ? maker.inputs[0] : kNoTensor;
}

// The same elements with an axis more, made once for all that want them so. Of one axis or none: as they are.
TensorId ImageOf(Graph& graph, const graph::Uses& uses, const Node& reader, TensorId line) {
  if (line == kNoTensor || graph.tensor(line).shape.size() < 2) return line;
  const TensorId before = ImageBefore(graph, uses, line);
  if (before != kNoTensor) return before;
  const Shape shape = WithRow(graph.tensor(line).shape);
  const std::string name = graph.tensor(line).name;
  if (IsConstant(graph, line)) {
    graph::Tensor copy = graph.tensor(line);
    copy.name = graph.UniqueName(name + "_image");
    copy.shape = shape;
    return graph.AddTensor(std::move(copy));
  }
  for (const int32_t consumer : uses.consumers[static_cast<size_t>(line)]) {
    const Node& other = graph.nodes[static_cast<size_t>(consumer)];
    if (IsReshape(other.op) && graph.tensor(other.outputs[0]).shape == shape) return other.outputs[0];
  }
  const TensorId image = NewTensor(graph, name + "_image", line, shape);
  graph.nodes.push_back(ReshapeNode(graph, reader, "_to_image", line, image));
  return image;
}

// A list with one entry for the length, or one for its begin and one for its end, gets those of the row.
void Widen(Node& node, const char* key, int64_t row) {
  std::vector<int64_t> list = node.Ints(key, {});
  if (list.size() == 1) {
    node.attributes[key] = std::vector<int64_t>{row, list[0]};
  } else if (list.size() == 2) {
    node.attributes[key] = std::vector<int64_t>{row, list[0], row, list[1]};
  }
}

void MoveLastAxis(Node& node) {
  const auto axis = node.attributes.find("axis");
  if (axis != node.attributes.end() && std::get<int64_t>(axis->second) == 2) axis->second = int64_t{3};
}

bool IsWindow(const Node& node) { return IsIn(node.op, {"Conv", "ConvTranspose", "MaxPool", "AveragePool"}); }

bool HasConstantPads(const Graph& graph, const Node& pad) {
  return pad.inputs.size() <= 3 && IsConstant(graph, pad.inputs[1]);
}

// Those that only images have: to be made such whatever is around them.
bool NeedsImage(const Graph& graph, const graph::Uses& uses, const Node& node) {
  if (node.outputs.size() != 1) return false;
  if (IsWindow(node)) return node.inputs.size() < 2 || IsConstant(graph, node.inputs[1]);
  if (node.op == "Resize") {
    if (node.attributes.count("axes") != 0) return false;
    if (node.String("keep_aspect_ratio_policy", "stretch") != "stretch") return false;  // the row would have a say
    if (node.String("coordinate_transformation_mode", "") == "tf_crop_and_resize") return false;
    return std::all_of(node.inputs.begin() + 1, node.inputs.end(),
                       [&](TensorId id) { return id == kNoTensor || IsConstant(graph, id); });
  }
  if (node.op == "BatchNormalization") return true;
  if (node.op != "Pad") return false;
  const int32_t reader = OnlyConsumer(uses, node.outputs[0]);
  return reader >= 0 && IsWindow(graph.nodes[static_cast<size_t>(reader)]) && HasConstantPads(graph, node);
}

// Those that do to an image what they do to a line.
bool TakesImage(const Graph& graph, const Node& node) {
  const ops::Op* op = ops::FindOp(node.op);
  if (op == nullptr) return false;
  if (op->layout == ops::LayoutKind::kUnary || op->layout == ops::LayoutKind::kBinary || node.op == "PRelu")
    return true;
  if (IsIn(node.op, {"Concat", "Split", "Softmax"})) return node.Int("axis", -1) >= 0;
  if (node.op == "Gather") return node.Int("axis", -1) >= 0 && graph.tensor(node.inputs[1]).shape.size() == 1;
  if (node.op == "Pad") return HasConstantPads(graph, node);
  if (node.op != "Slice" || node.inputs.size() < 4 || !IsConstant(graph, node.inputs[3])) return false;
  const std::vector<int64_t>& axes = graph.Ints(node.inputs[3]);
  return std::all_of(axes.begin(), axes.end(), [](int64_t axis) { return axis >= 0; });
}

// A list that has an entry for each axis, or for each begin and each end, with `neutral` for the row.
template <typename Number>
std::vector<Number> PerAxis(std::vector<Number> list, Number neutral) {
  for (size_t at = 2; list.size() >= kLineRank && at < list.size(); at += kLineRank + 1) {
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(at), neutral);
  }
  return list;
}

void WidenResize(Graph& graph, Node& node) {
  for (size_t i = 2; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoTensor) continue;
    const graph::ConstantData& data = graph.tensor(node.inputs[i]).constant.value();
    if (graph.tensor(node.inputs[i]).type == graph::ElementType::kFloat) {
      const std::vector<float> scales = PerAxis(data.floats, 1.0F);
      node.inputs[i] = AddFloats(graph, node.name + "_scales", {static_cast<int64_t>(scales.size())}, scales);
    } else {
      node.inputs[i] = AddInts(graph, node.name + "_sizes", PerAxis(data.ints, int64_t{1}));
    }
  }
}

void WidenOperands(Graph& graph, const graph::Uses& uses, Node& node) {
  if (IsWindow(node)) {
    Widen(node, "kernel_shape", 1);
    Widen(node, "strides", 1);
    Widen(node, "dilations", 1);
    Widen(node, "pads", 0);
    Widen(node, "output_padding", 0);
    if (node.inputs.size() > 1) node.inputs[1] = ImageOf(graph, uses, node, node.inputs[1]);
  } else if (node.op == "Resize") {
    WidenResize(graph, node);
  } else if (node.op == "Pad") {
    node.inputs[1] = AddInts(graph, node.name + "_pads", PerAxis(graph.Ints(node.inputs[1]), int64_t{0}));
  } else if (node.op == "Slice") {
    std::vector<int64_t> axes = graph.Ints(node.inputs[3]);
    std::replace(axes.begin(), axes.end(), int64_t{2}, int64_t{3});
    node.inputs[3] = AddInts(graph, node.name + "_axes", axes);
  } else if (IsIn(node.op, {"Concat", "Split", "Softmax", "Gather"})) {
    MoveLastAxis(node);
  }
}

// How many of the first inputs are data, with the axes of the output.
size_t DataInputs(const Node& node) {
  const ops::Op* op = ops::FindOp(node.op);
  const bool several = op->layout == ops::LayoutKind::kBinary || IsIn(node.op, {"Concat", "PRelu", "Pow"});
  return several ? node.inputs.size() : 1;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  const Node before = graph.nodes[index];
  if (before.inputs.empty() || before.inputs[0] == kNoTensor) return false;
  for (const TensorId id : before.outputs) {
    const graph::Tensor* line = id == kNoTensor ? nullptr : &graph.tensor(id);
    if (line == nullptr || line->shape.size() != kLineRank || !graph::IsKnown(line->shape)) return false;
    if (line->type != graph::ElementType::kFloat) return false;
  }
  const bool line_input = graph.tensor(before.inputs[0]).shape.size() == kLineRank;
  const bool needs = line_input && NeedsImage(graph, uses, before);
  if (!needs) {
    if (!TakesImage(graph, before)) return false;
    const auto end = before.inputs.begin() + static_cast<std::ptrdiff_t>(DataInputs(before));
    if (std::none_of(before.inputs.begin(), end,
                     [&](TensorId id) { return ImageBefore(graph, uses, id) != kNoTensor; })) {
      return false;
    }
  }
  Node node = before;
  WidenOperands(graph, uses, node);
  for (size_t i = 0; i < DataInputs(node); ++i) node.inputs[i] = ImageOf(graph, uses, before, node.inputs[i]);
  if (node.pre_activation != kNoTensor) {
    graph.tensor(node.pre_activation).shape = WithRow(graph.tensor(node.pre_activation).shape);
  }
  for (TensorId& output : node.outputs) {
    const TensorId line = output;
    output = NewTensor(graph, graph.tensor(line).name + "_image", line, WithRow(graph.tensor(line).shape));
    graph.nodes.push_back(ReshapeNode(graph, node, "_to_line", output, line));
  }
  graph.nodes[index] = std::move(node);
  return true;
}

}  // namespace

int LinesToImages(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
