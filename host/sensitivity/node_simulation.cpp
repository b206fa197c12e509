#include "sensitivity/node_simulation.h"

#include <algorithm>
#include <cmath>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "quantize/affine.h"
#include "quantize/channel_runs.h"
#include "quantize/operator_classes.h"
#include "quantize/table_params.h"
#include "sensitivity/node_alone.h"
#include "sensitivity/rounded_weights.h"

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

bool IsRounded(const QuantizedGraph& quantized, graph::TensorId id) {
  if (id == graph::kNoTensor) return false;
  const auto found = quantized.formats.find(id);
  return found != quantized.formats.end() && found->second.has_levels();
}

bool HasTable(const QuantizedGraph& quantized, const graph::Node& node) {
  return quantize::NeedsTable(node.activation) && IsRounded(quantized, node.outputs[0]) &&
         IsRounded(quantized, node.pre_activation);
}

std::vector<double> TableOf(const AffineParams& x, const AffineParams& y, const graph::Activation& activation,
                            Part part) {
  const auto function = [&](double value) { return graph::Evaluate(activation, value); };
  if (part != Part::kTableInput) return quantize::TableValues(x, function, y);
  std::vector<double> exact;
  for (int32_t level = 0; level <= x.high(); ++level) exact.push_back(function(quantize::DequantizeValue(level, x)));
  return exact;
}

std::vector<std::vector<double>> TablesOf(const QuantizedGraph& quantized, const graph::Node& node, Part part) {
  const quantize::TensorFormat& x = quantized.formats.at(node.pre_activation);
  const quantize::TensorFormat& y = quantized.formats.at(node.outputs[0]);
  std::vector<std::vector<double>> tables;
  for (size_t c = 0; c < std::max(x.scales.size(), y.scales.size()); ++c) {
    tables.push_back(TableOf(x.channel(c), y.channel(c), node.activation, part));
  }
  return tables;
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

void RoundToLevels(engine::FloatTensor& tensor, const quantize::TensorFormat& format) {
  quantize::ForEachChannelRun(tensor.shape, format, [&](size_t first, size_t count, size_t channel) {
    const AffineParams params = format.channel(channel);
    const double per_unit = 1.0 / params.scale;
    const double half_up = params.zero_point + 0.5;
    const auto last = static_cast<double>(params.high());
    for (size_t i = first; i < first + count; ++i) {
      float& value = tensor.data[i];
      const double level = std::floor(std::clamp(value * per_unit + half_up, 0.0, last));
      value = static_cast<float>(params.scale * (level - params.zero_point));
    }
  });
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
  if (through_table_) tables_ = TablesOf(quantized, node, part);
  const bool rounds_weights = part == Part::kNode || part == Part::kWeights;
  if (rounds_weights && WeightsOf(quantized, node) != nullptr) {
    PlanNode(threads);
  } else if (through_table_) {
    needs_ = Needs::kPreActivation;
    reads_ = {graph.tensor(node.pre_activation).name};
  } else {
    needs_ = Needs::kOutputs;
    for (const graph::TensorId id : node.outputs) {
      if (id != graph::kNoTensor) reads_.push_back(graph.tensor(id).name);
    }
  }
}

void NodeSimulation::PlanNode(int threads) {
  graph::Graph alone = NodeAlone(quantized_.graph, node_, !through_table_);
  for (const graph::TensorId id : alone.inputs) reads_.push_back(alone.tensor(id).name);
  RoundWeights(quantized_, node_, alone, alone.nodes[0]);
  engine::FloatEngineOptions options;
  options.threads = threads;
  engine_ = std::make_unique<engine::FloatEngine>(alone, options);
}

Tensors NodeSimulation::Run(Tensors given) {
  Tensors results = engine_ ? engine_->Run(given) : std::move(given);
  if (part_ == Part::kWeights) return results;
  if (through_table_) {
    const std::string& output = quantized_.graph.tensor(node_.outputs[0]).name;
    if (needs_ == Needs::kPreActivation) results = {{output, std::move(results.at(reads_[0]))}};
    LookUp(results.at(output));
    return results;
  }
  for (const graph::TensorId id : node_.outputs) {
    if (!IsRounded(quantized_, id)) continue;
    RoundToLevels(results.at(quantized_.graph.tensor(id).name), quantized_.formats.at(id));
  }
  return results;
}

void NodeSimulation::LookUp(engine::FloatTensor& tensor) const {
  const quantize::TensorFormat& x = quantized_.formats.at(node_.pre_activation);
  const quantize::TensorFormat& y = quantized_.formats.at(node_.outputs[0]);
  const quantize::TensorFormat& runs = x.has_channel_scales() ? x : y;
  quantize::ForEachChannelRun(tensor.shape, runs, [&](size_t first, size_t count, size_t channel) {
    const AffineParams params = x.channel(channel);
    const std::vector<double>& table = tables_[channel];
    for (size_t i = first; i < first + count; ++i) {
      tensor.data[i] = static_cast<float>(table[static_cast<size_t>(quantize::QuantizeValue(tensor.data[i], params))]);
    }
  });
}

}  // namespace lockstep::sensitivity
