#include "layerwise/network_formats.h"

#include <algorithm>
#include <utility>

#include "judge/written_tensors.h"
#include "layerwise/layer_weights.h"
#include "quantize/operator_classes.h"

namespace lockstep::layerwise {
namespace {

using quantize::QuantizedGraph;
using quantize::TensorFormat;

TensorFormat FormatOf(const joint::Tensor& tensor) {
  if (const auto levels = judge::LevelsOf(tensor)) return *levels;
  if (tensor.dtype() == joint::DType::S64) return TensorFormat::Indices();
  if (tensor.dtype() == joint::DType::BOOL) return TensorFormat::Truth();
  return {};
}

// The first tensor is what the node gives; integers that follow a float one are what others read.
void AddFormat(const joint::Tensor& tensor, QuantizedGraph& result) {
  const graph::TensorId id = judge::NetworkTensor(result.graph, tensor);
  if (id == graph::kNoTensor) return;
  const TensorFormat format = FormatOf(tensor);
  const auto [known, added] = result.formats.emplace(id, format);
  if (!added && known->second.is_float() && format.has_levels()) result.reads.emplace(id, format);
}

// Of an input the last tensor counts: those before hold pixels.
void AddInputFormat(const joint::Tensor& tensor, QuantizedGraph& result) {
  const graph::TensorId id = judge::NetworkTensor(result.graph, tensor);
  if (id == graph::kNoTensor) return;
  const TensorFormat format = FormatOf(tensor);
  const auto known = result.formats.find(id);
  if (known != result.formats.end() && known->second.is_float() && format.has_levels()) {
    result.reads.emplace(id, format);
  } else {
    result.formats[id] = format;
  }
}

}  // namespace

QuantizedGraph FormatsOf(const graph::Graph& graph, const joint::Model& model) {
  QuantizedGraph result;
  result.graph = graph;
  const auto tensor_at = [&](int32_t index) -> const joint::Tensor& {
    return *model.tensors()->Get(static_cast<uint32_t>(index));
  };
  for (const joint::InputSpec* input : *model.inputs()) AddInputFormat(tensor_at(input->tensor()), result);
  for (const joint::Layer* layer : *model.layers()) {
    for (const int32_t index : *layer->outputs()) {
      const joint::Tensor& tensor = tensor_at(index);
      const graph::TensorId id = graph.Find(tensor.name()->str());
      const bool of_input = std::count(graph.inputs.begin(), graph.inputs.end(), id) != 0;
      of_input ? AddInputFormat(tensor, result) : AddFormat(tensor, result);
    }
  }
  std::map<graph::TensorId, const graph::Node*> nodes;  // by output and by what is in front of the fused function
  for (const graph::Node& node : graph.nodes) {
    nodes[node.outputs.at(0)] = &node;
    if (node.pre_activation != graph::kNoTensor) nodes[node.pre_activation] = &node;
  }
  for (const joint::Layer* layer : *model.layers()) {
    const auto found = nodes.find(graph.Find(tensor_at(layer->outputs()->Get(0)).name()->str()));
    if (found == nodes.end()) continue;
    const graph::Node& node = *found->second;
    const std::optional<LayerWeights> read = ReadWeights(model, *layer, graph, node);
    if (!read) continue;
    if (node.pre_activation != graph::kNoTensor) result.formats.emplace(node.pre_activation, read->before);
    result.weights[{node.name, static_cast<size_t>(quantize::TraitsOf(node).weights)}] = read->weights;
  }
  return result;
}

}  // namespace lockstep::layerwise
