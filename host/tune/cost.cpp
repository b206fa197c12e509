#include "tune/cost.h"

#include <algorithm>

#include "info/node_costs.h"
#include "quantize/operator_classes.h"

namespace lockstep::tune {
namespace {

using quantize::QuantizedGraph;
using quantize::TensorFormat;

double BytesOf(const QuantizedGraph& quantized, graph::TensorId id) {
  const auto found = quantized.formats.find(id);
  const int bytes = found == quantized.formats.end() ? 1 : found->second.bytes();
  return static_cast<double>(graph::ElementCount(quantized.graph.tensor(id).shape)) * bytes;
}

int WidthOf(const QuantizedGraph& quantized, graph::TensorId id) {
  const auto found = quantized.formats.find(id);
  return found == quantized.formats.end() || found->second.bits <= 8 ? 1 : 2;
}

bool IsFloat(const QuantizedGraph& quantized, const graph::Node& node) {
  const auto found = quantized.formats.find(node.outputs[0]);
  return found != quantized.formats.end() && found->second.is_float();
}

const quantize::QuantizedWeights* WeightsAt(const QuantizedGraph& quantized, const graph::Node& node, size_t operand) {
  const auto found = quantized.weights.find({node.name, operand});
  return found == quantized.weights.end() ? nullptr : &found->second;
}

double MacsOf(const QuantizedGraph& quantized, const graph::Node& node) {
  const auto macs = static_cast<double>(info::MacsOf(quantized.graph, node));
  if (macs == 0.0) return 0.0;
  if (IsFloat(quantized, node)) return 4.0 * macs;
  const quantize::QuantizedWeights* weights = WeightsAt(quantized, node, 1);
  const int of_weights = weights != nullptr ? (weights->format.bits > 8 ? 2 : 1) : WidthOf(quantized, node.inputs[1]);
  return macs * WidthOf(quantized, node.inputs[0]) * of_weights;
}

double TableBytes(const QuantizedGraph& quantized, const graph::Node& node) {
  const auto found = quantized.formats.find(node.pre_activation);
  if (found == quantized.formats.end() || !quantize::NeedsTable(node.activation) || IsFloat(quantized, node))
    return 0.0;
  return static_cast<double>(int64_t{1} << found->second.bits) * quantized.formats.at(node.outputs[0]).bytes();
}

}  // namespace

Cost CostOf(const QuantizedGraph& quantized) {
  Cost cost;
  const graph::Graph& graph = quantized.graph;
  for (const graph::Node& node : graph.nodes) {
    if (quantize::IsView(node)) continue;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const graph::TensorId id = node.inputs[i];
      if (id == graph::kNoTensor) continue;
      if (const quantize::QuantizedWeights* weights = WeightsAt(quantized, node, i)) {
        cost.bytes += static_cast<double>(weights->values.size()) * weights->format.bytes();
      } else {
        cost.bytes += BytesOf(quantized, id);
      }
    }
    for (const graph::TensorId id : node.outputs) {
      if (id != graph::kNoTensor) cost.bytes += BytesOf(quantized, id);
    }
    cost.bytes += TableBytes(quantized, node);
    cost.macs += MacsOf(quantized, node);
  }
  return cost;
}

double CostOfRaise(const QuantizedGraph& quantized, const graph::Node& node, sensitivity::Part part, int bits) {
  if (part == sensitivity::Part::kTableInput) {
    return static_cast<double>(int64_t{1} << bits) * quantized.formats.at(node.outputs[0]).bytes();
  }
  Cost added;
  const graph::Graph& graph = quantized.graph;
  if (part == sensitivity::Part::kWeights) {
    const quantize::QuantizedWeights* weights = WeightsAt(quantized, node, 1);
    if (weights != nullptr) added.bytes += static_cast<double>(weights->values.size());
    added.macs += static_cast<double>(info::MacsOf(graph, node));
    return added.value();
  }
  const auto elements = static_cast<double>(graph::ElementCount(graph.tensor(node.outputs[0]).shape));
  added.bytes += elements;
  for (const graph::Node& reader : graph.nodes) {
    if (std::count(reader.inputs.begin(), reader.inputs.end(), node.outputs[0]) == 0) continue;
    if (!quantize::IsView(reader)) added.bytes += elements;
    added.macs += static_cast<double>(info::MacsOf(graph, reader));
  }
  return added.value();
}

}  // namespace lockstep::tune
