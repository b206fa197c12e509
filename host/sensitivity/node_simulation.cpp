#include "sensitivity/node_simulation.h"

#include <algorithm>
#include <cmath>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "quantize/affine.h"
#include "quantize/operator_classes.h"
#include "quantize/table_params.h"

namespace lockstep::sensitivity {
namespace {

using quantize::AffineParams;
using quantize::QuantizedGraph;

constexpr struct {
  Part part;
  const char* name;
} kParts[] = {{Part::kNode, "node"},
              {Part::kWeights, "weights"},
              {Part::kActivations, "activations"},
              {Part::kTableInput, "table_input"},
              {Part::kOutput, "output"}};

// Of what integer layers read: the format itself, or that of the integers which are made of a float tensor.
const AffineParams* FindParams(const QuantizedGraph& quantized, graph::TensorId id, AffineParams& storage) {
  const auto read = quantized.reads.find(id);
  const auto format = quantized.formats.find(id);
  const quantize::TensorFormat* found = read != quantized.reads.end()       ? &read->second
                                        : format != quantized.formats.end() ? &format->second
                                                                            : nullptr;
  if (found == nullptr || !found->is_affine()) return nullptr;
  storage = found->affine();
  return &storage;
}

bool IsRounded(const QuantizedGraph& quantized, graph::TensorId id) {
  if (id == graph::kNoTensor) return false;
  const auto found = quantized.formats.find(id);
  return found != quantized.formats.end() && found->second.is_affine();
}

bool HasTable(const QuantizedGraph& quantized, const graph::Node& node) {
  return quantize::NeedsTable(node.activation) && IsRounded(quantized, node.outputs[0]) &&
         IsRounded(quantized, node.pre_activation);
}

// By level in front of the table the value behind it.
std::vector<double> TableOf(const QuantizedGraph& quantized, const graph::Node& node, Part part) {
  const AffineParams x = quantized.formats.at(node.pre_activation).affine();
  const auto function = [&](double value) { return graph::Evaluate(node.activation, value); };
  if (part != Part::kTableInput) {
    return quantize::TableValues(x, function, quantized.formats.at(node.outputs[0]).affine());
  }
  std::vector<double> exact;
  for (int32_t level = 0; level <= x.high(); ++level) exact.push_back(function(quantize::DequantizeValue(level, x)));
  return exact;
}

const quantize::QuantizedWeights* WeightsOf(const QuantizedGraph& quantized, const graph::Node& node) {
  const int operand = quantize::TraitsOf(node).weights;
  if (operand < 0) return nullptr;
  const auto found = quantized.weights.find({node.name, static_cast<size_t>(operand)});
  return found == quantized.weights.end() ? nullptr : &found->second;
}

// The scale of the channel that each element belongs to. Transposed weights of a group count their channels behind
// those of the groups before.
std::vector<double> ScalesOfElements(const quantize::QuantizedWeights& weights, const graph::Node& node,
                                     const graph::Shape& shape) {
  std::vector<double> scales(weights.values.size(), weights.scales()[0]);
  if (weights.format.axis < 0) return scales;
  const auto axis = static_cast<size_t>(weights.format.axis);
  const auto groups = static_cast<size_t>(axis == 0 ? 1 : node.Int("group", 1));
  size_t inner = 1;
  for (size_t i = axis + 1; i < shape.size(); ++i) inner *= static_cast<size_t>(shape[i]);
  const auto extent = static_cast<size_t>(shape[axis]);
  const size_t outer = scales.size() / static_cast<size_t>(shape[0]);  // elements of one place of axis 0
  for (size_t i = 0; i < scales.size(); ++i) {
    const size_t group = groups == 1 ? 0 : i / outer / (static_cast<size_t>(shape[0]) / groups);
    scales[i] = weights.scales()[group * extent + i / inner % extent];
  }
  return scales;
}

}  // namespace

Part ParsePart(const std::string& text) {
  std::vector<std::string> names;
  for (const auto& row : kParts) {
    if (text == row.name) return row.part;
    names.emplace_back(row.name);
  }
  throw UsageError("there is no part " + graph::Quoted(text) + " of a node (" + graph::Listed(names) + ")" +
                   graph::DidYouMean(text, names));
}

const char* ToText(Part part) {
  return std::find_if(std::begin(kParts), std::end(kParts), [&](const auto& row) { return row.part == part; })->name;
}

void RoundToLevels(std::vector<float>& values, const AffineParams& params) {
  const double per_unit = 1.0 / params.scale;
  const double half_up = params.zero_point + 0.5;
  const auto last = static_cast<double>(params.high());
  for (float& value : values) {
    const double level = std::floor(std::clamp(value * per_unit + half_up, 0.0, last));
    value = static_cast<float>(params.scale * (level - params.zero_point));
  }
}

bool NodeSimulation::Exists(const QuantizedGraph& quantized, const graph::Node& node, Part part) {
  const bool weights = WeightsOf(quantized, node) != nullptr;
  const bool output = !quantize::SharesScale(node) && IsRounded(quantized, node.outputs[0]);
  switch (part) {
    case Part::kNode:
      return output || weights;
    case Part::kWeights:
      return weights;
    case Part::kActivations:
    case Part::kOutput:
      return output;
    case Part::kTableInput:
      return output && HasTable(quantized, node);
  }
  return false;
}

NodeSimulation::NodeSimulation(const QuantizedGraph& quantized, const graph::Node& node, Part part, int threads)
    : quantized_(quantized), node_(node), part_(part) {
  const graph::Graph& graph = quantized.graph;
  through_table_ = part != Part::kWeights && part != Part::kOutput && HasTable(quantized, node);
  if (through_table_) table_ = TableOf(quantized, node, part);
  graph::Graph alone;
  alone.name = node.name;
  alone.opset = graph.opset;
  graph::Node copy = node;
  copy.pre_activation = graph::kNoTensor;
  if (through_table_) copy.activation = {};
  for (graph::TensorId& id : copy.inputs) {
    if (id == graph::kNoTensor) continue;
    const graph::Tensor& tensor = graph.tensor(id);
    const graph::TensorId known = alone.Find(tensor.name);
    id = known != graph::kNoTensor ? known : alone.AddTensor(tensor);
    if (tensor.constant || known != graph::kNoTensor) continue;
    alone.inputs.push_back(id);
    inputs_.push_back(tensor.name);
  }
  for (graph::TensorId& id : copy.outputs) {
    if (id == graph::kNoTensor) continue;
    id = alone.AddTensor(graph.tensor(id));
    alone.outputs.push_back(id);
  }
  const bool rounds_weights = part == Part::kNode || part == Part::kWeights;
  const quantize::QuantizedWeights* weights = rounds_weights ? WeightsOf(quantized, node) : nullptr;
  if (weights != nullptr) {
    const auto operand = static_cast<size_t>(quantize::TraitsOf(node).weights);
    graph::Tensor& tensor = alone.tensor(copy.inputs[operand]);
    const std::vector<double> scales = ScalesOfElements(*weights, node, tensor.shape);
    for (size_t i = 0; i < scales.size(); ++i) {
      tensor.constant->floats[i] = static_cast<float>(scales[i] * weights->values[i]);
    }
    AffineParams x;
    if (!weights->bias.empty() && FindParams(quantized, node.inputs[0], x) != nullptr) {
      graph::Tensor bias;
      bias.name = alone.UniqueName(node.name + "_bias");
      bias.shape = {static_cast<int64_t>(weights->bias.size())};
      bias.constant.emplace();
      for (size_t i = 0; i < weights->bias.size(); ++i) {
        const double scale = weights->scales()[weights->scales().size() == 1 ? 0 : i];
        bias.constant->floats.push_back(static_cast<float>(x.scale * scale * static_cast<double>(weights->bias[i])));
      }
      const auto place = static_cast<size_t>(quantize::TraitsOf(node).bias);
      copy.inputs.resize(std::max(copy.inputs.size(), place + 1), graph::kNoTensor);
      copy.inputs[place] = alone.AddTensor(std::move(bias));
    }
  }
  alone.nodes.push_back(std::move(copy));
  engine::FloatEngineOptions options;
  options.threads = threads;
  engine_ = std::make_unique<engine::FloatEngine>(alone, options);
}

Tensors NodeSimulation::Run(const Tensors& inputs) {
  Tensors results = engine_->Run(inputs);
  if (part_ == Part::kWeights) return results;
  AffineParams params;
  if (through_table_) {
    FindParams(quantized_, node_.pre_activation, params);
    for (float& value : results.at(quantized_.graph.tensor(node_.outputs[0]).name).data) {
      value = static_cast<float>(table_[static_cast<size_t>(quantize::QuantizeValue(value, params))]);
    }
    return results;
  }
  for (const graph::TensorId id : node_.outputs) {
    if (!IsRounded(quantized_, id)) continue;
    FindParams(quantized_, id, params);
    RoundToLevels(results.at(quantized_.graph.tensor(id).name).data, params);
  }
  return results;
}

}  // namespace lockstep::sensitivity
