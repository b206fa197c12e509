#include "quantize/state_formats.h"

#include <algorithm>

#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

// What a tensor holds that no parameters were chosen for.
TensorFormat Unquantized(graph::ElementType type) {
  switch (type) {
    case graph::ElementType::kFloat:
      return {};
    case graph::ElementType::kBool:
      return TensorFormat::Truth();
    default:
      return TensorFormat::Indices();
  }
}

bool HoldsFloats(const QuantizedGraph& quantized, graph::TensorId input) {
  const auto found = quantized.preprocess.find(input);
  return found != quantized.preprocess.end() && found->second.type == InputPreprocess::Type::kF32;
}

// Pixels and integers that only nodes in floats read become floats themselves.
bool BecomesFloats(const QuantizedGraph& quantized, const FloatNodes& floats, graph::TensorId input) {
  if (quantized.preprocess.count(input) == 0) return false;
  const std::vector<int32_t> readers = graph::Uses(quantized.graph).consumers[static_cast<size_t>(input)];
  return !readers.empty() && std::all_of(readers.begin(), readers.end(),
                                         [&](int32_t reader) { return IsFloat(floats, static_cast<size_t>(reader)); });
}

}  // namespace

void StateFormats(const ActivationParams& params, const ChannelScales& channels, const FloatNodes& floats,
                  QuantizedGraph& result) {
  const graph::Graph& graph = result.graph;
  const auto state = [&](graph::TensorId id) {
    const auto found = params.find(id);
    const auto scales = channels.find(id);
    TensorFormat& format = result.formats[id];
    if (found == params.end()) {
      format = Unquantized(graph.tensor(id).type);
    } else {
      format = scales == channels.end() ? TensorFormat(found->second)
                                        : TensorFormat::Channels(found->second, scales->second);
    }
  };
  const auto state_float = [&](graph::TensorId id) { result.formats[id] = Unquantized(graph.tensor(id).type); };
  const auto state_read = [&](graph::TensorId id) {
    state_float(id);
    const auto read = params.find(id);
    if (read != params.end()) result.reads[id] = read->second;
  };
  for (const graph::TensorId id : graph.inputs) {
    if (HoldsFloats(result, id)) {
      state_read(id);
    } else {
      BecomesFloats(result, floats, id) ? state_float(id) : state(id);
    }
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    const bool is_float = IsFloat(floats, i);
    for (const graph::TensorId id : node.inputs) {
      if (id == graph::kNoTensor || !graph.tensor(id).constant) continue;
      if (is_float) state_float(id);
      if (!is_float && IsConstantOperand(graph, node, id)) state(id);
    }
    for (const graph::TensorId id : node.outputs) {
      if (id == graph::kNoTensor) continue;
      is_float ? state_read(id) : state(id);
    }
    if (is_float && node.pre_activation != graph::kNoTensor) state_float(node.pre_activation);
    if (!is_float && NeedsTable(node.activation)) state(node.pre_activation);
  }
}

}  // namespace lockstep::quantize
