#include "ops/op.h"

#include <algorithm>
#include <cmath>

#include "graph/constants.h"

namespace lockstep::ops {

std::string Supported(const graph::Graph&, const graph::Node&) { return {}; }

std::string NotSupported(const graph::Graph&, const graph::Node&) { return "the operator is not supported"; }

std::string ImageOnly(const graph::Graph& graph, graph::TensorId id) {
  const graph::Shape& shape = graph.tensor(id).shape;
  // Of rank 3 they became images (optimize/lines_to_images.cpp), unless there is another reason.
  const bool image = shape.size() == 3 || shape.size() == 4;
  return image ? "" : "its input is " + graph::ToString(shape) + "; only images of rank 3 or 4 are supported";
}

bool AllFinite(const graph::Graph& graph, graph::TensorId constant) {
  const auto& values = graph.tensor(constant).constant->floats;
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

std::string ImageAndConstantWeights(const graph::Graph& graph, const graph::Node& node) {
  std::string reason = ImageOnly(graph, node.inputs[0]);
  if (!reason.empty()) return reason;
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (!HasInput(node, i)) continue;
    if (!graph::IsConstant(graph, node.inputs[i])) return i == 1 ? "its weights are computed" : "its bias is computed";
    if (!AllFinite(graph, node.inputs[i])) {
      return i == 1 ? "its weights contain infinity or NaN" : "its bias contains infinity or NaN";
    }
  }
  return {};
}

bool HasInput(const graph::Node& node, size_t input) {
  return input < node.inputs.size() && node.inputs[input] != graph::kNoTensor;
}

bool SetAttribute(graph::Node& node, const char* key, const graph::Attribute& value) {
  const auto found = node.attributes.find(key);
  if (found != node.attributes.end() && found->second.index() == value.index()) {
    if (const auto* number = std::get_if<int64_t>(&value)) {
      if (std::get<int64_t>(found->second) == *number) return false;
    }
    if (const auto* list = std::get_if<std::vector<int64_t>>(&value)) {
      if (std::get<std::vector<int64_t>>(found->second) == *list) return false;
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
      if (std::get<std::string>(found->second) == *text) return false;
    }
  }
  node.attributes[key] = value;
  return true;
}

bool SetInts(graph::Graph& graph, graph::Node& node, size_t input, const char* key,
             const std::vector<int64_t>& values) {
  if (HasInput(node, input) && graph::IsConstant(graph, node.inputs[input]) &&
      graph.tensor(node.inputs[input]).shape.size() == 1 && graph.Ints(node.inputs[input]) == values) {
    return false;
  }
  if (node.inputs.size() <= input) node.inputs.resize(input + 1, graph::kNoTensor);
  node.inputs[input] = graph::AddInts(graph, node.name + "_" + key, values);
  return true;
}

bool NormalizeAxis(const graph::Graph& graph, graph::Node& node, int64_t fallback) {
  const auto rank = static_cast<int64_t>(graph.tensor(node.inputs[0]).shape.size());
  const int64_t axis = node.Int("axis", fallback);
  return SetAttribute(node, "axis", axis < 0 ? axis + rank : axis);
}

void InferSame(InferContext& context) { context.SetLikeInput(); }

}  // namespace lockstep::ops
