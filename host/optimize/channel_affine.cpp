#include "optimize/channel_affine.h"

#include <algorithm>
#include <cmath>

#include "optimize/graph_edit.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;
using graph::TensorId;

// The constant as one number per channel of a tensor of shape `shape`, nothing if it varies along other axes.
std::optional<std::vector<double>> PerChannel(const graph::Tensor& constant, const Shape& shape) {
  if (constant.type != graph::ElementType::kFloat || shape.size() < 2 || constant.shape.size() > shape.size()) {
    return std::nullopt;
  }
  const auto channels = static_cast<size_t>(shape[1]);
  const std::vector<float>& values = constant.constant->floats;
  const size_t missing = shape.size() - constant.shape.size();
  for (size_t i = 0; i < constant.shape.size(); ++i) {
    if (constant.shape[i] != 1 && i + missing != 1) return std::nullopt;
  }
  if (values.size() == 1) return std::vector<double>(channels, values[0]);
  if (values.size() != channels) return std::nullopt;
  return std::vector<double>(values.begin(), values.end());
}

std::optional<ChannelAffine> BatchNorm(const Graph& graph, const Node& node) {
  if (node.inputs.size() != 5 || node.Int("training_mode", 0) != 0 || node.outputs.size() > 1) return std::nullopt;
  const auto channels = static_cast<size_t>(graph.tensor(node.inputs[0]).shape.at(1));
  std::vector<std::vector<float>> parts;
  for (size_t i = 1; i < 5; ++i) {
    if (!IsConstant(graph, node.inputs[i])) return std::nullopt;
    parts.push_back(graph.tensor(node.inputs[i]).constant->floats);
    if (parts.back().size() != channels) return std::nullopt;
  }
  const double epsilon = node.Float("epsilon", 1e-5F);
  ChannelAffine affine{node.inputs[0], {}, {}};
  for (size_t c = 0; c < channels; ++c) {
    const double scale = parts[0][c] / std::sqrt(parts[3][c] + epsilon);
    const double offset = parts[1][c] - parts[2][c] * scale;
    // What does not fit is said of this node, not of the one that it would become part of.
    if (!std::isfinite(static_cast<float>(scale)) || !std::isfinite(static_cast<float>(offset))) return std::nullopt;
    affine.scale.push_back(scale);
    affine.offset.push_back(offset);
  }
  return affine;
}

}  // namespace

std::optional<ChannelAffine> AffineOf(const Graph& graph, const Node& node) {
  if (node.activation.kind != graph::ActivationKind::kNone || node.inputs.empty() ||
      node.inputs[0] == graph::kNoTensor || node.outputs[0] == graph::kNoTensor) {
    return std::nullopt;
  }
  const Shape& shape = graph.tensor(node.outputs[0]).shape;
  if (!graph::IsKnown(shape) || shape.size() < 2) return std::nullopt;
  if (node.op == "BatchNormalization") return BatchNorm(graph, node);
  const bool product = node.op == "Mul" || node.op == "Div";
  if ((!product && node.op != "Add" && node.op != "Sub") || node.inputs.size() != 2) return std::nullopt;

  const size_t which = IsConstant(graph, node.inputs[1]) ? 1 : 0;  // the constant
  const TensorId data = node.inputs[1 - which];
  if (!IsConstant(graph, node.inputs[which]) || IsConstant(graph, data) || graph.tensor(data).shape != shape) {
    return std::nullopt;
  }
  if (node.op == "Div" && which == 0) return std::nullopt;
  const auto values = PerChannel(graph.tensor(node.inputs[which]), shape);
  if (!values) return std::nullopt;
  const size_t channels = values->size();
  ChannelAffine affine{data, std::vector<double>(channels, 1.0), std::vector<double>(channels, 0.0)};
  for (size_t c = 0; c < channels; ++c) {
    const double value = (*values)[c];
    if (node.op == "Mul") affine.scale[c] = value;
    if (node.op == "Div") affine.scale[c] = 1.0 / value;
    if (node.op == "Add") affine.offset[c] = value;
    if (node.op == "Sub") affine.offset[c] = which == 1 ? -value : value;
    if (node.op == "Sub" && which == 0) affine.scale[c] = -1.0;
  }
  return affine;
}

}  // namespace lockstep::optimize
