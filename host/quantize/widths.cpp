#include "quantize/widths.h"

#include <algorithm>
#include <map>

#include "quantize/activation_bits.h"
#include "quantize/float_moves.h"
#include "quantize/operator_classes.h"
#include "quantize/tail.h"

namespace lockstep::quantize {
namespace {

size_t Index(graph::TensorId id) { return static_cast<size_t>(id); }

graph::TensorId CopyOf(graph::Graph& graph, graph::TensorId id) {
  graph::Tensor copy = graph.tensor(id);
  copy.name = graph.UniqueName(copy.name);
  return graph.AddTensor(std::move(copy));
}

}  // namespace

void GiveConstantsWidths(graph::Graph& graph, const FloatNodes& floats, Widths& widths) {
  std::map<std::pair<graph::TensorId, int>, graph::TensorId> of_width;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    graph::Node& node = graph.nodes[i];
    if (IsFloat(floats, i)) continue;
    for (graph::TensorId& input : node.inputs) {
      if (!IsConstantOperand(graph, node, input)) continue;
      const int output_width = widths[Index(node.outputs[0])];
      const int width = output_width == kFloatWidth ? kFloatWidth : std::max(output_width, kByteBits);
      const auto known = of_width.find({input, width});
      if (known != of_width.end()) {
        input = known->second;
        continue;
      }
      const graph::TensorId original = input;
      if (widths[Index(original)] != kFloatWidth) {
        input = CopyOf(graph, original);
        widths.resize(static_cast<size_t>(graph.tensor_count()), kFloatWidth);
      }
      widths[Index(input)] = width;
      of_width[{original, width}] = input;
    }
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!IsFloat(floats, i)) continue;
    for (graph::TensorId& input : graph.nodes[i].inputs) {
      if (!IsConstantOperand(graph, graph.nodes[i], input) || widths[Index(input)] == kFloatWidth) continue;
      input = CopyOf(graph, input);
      widths.resize(static_cast<size_t>(graph.tensor_count()), kFloatWidth);
    }
  }
}

void ForgetUnreadWidths(const graph::Graph& graph, const FloatNodes& floats, Widths& widths) {
  const graph::Uses uses(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!IsFloat(floats, i)) continue;
    const graph::Node& node = graph.nodes[i];
    if (node.pre_activation != graph::kNoTensor) widths[Index(node.pre_activation)] = kFloatWidth;
    for (const graph::TensorId output : node.outputs) {
      if (output == graph::kNoTensor) continue;
      const std::vector<int32_t>& readers = uses.consumers[Index(output)];
      const bool read = std::any_of(readers.begin(), readers.end(), [&](int32_t reader) {
        const graph::Node& consumer = graph.nodes[static_cast<size_t>(reader)];
        return !IsFloat(floats, static_cast<size_t>(reader)) && widths[Index(consumer.outputs[0])] != kFloatWidth;
      });
      if (!read) widths[Index(output)] = kFloatWidth;
    }
  }
}

Widths ChooseActivationWidths(const graph::Graph& graph, int tail_bits, const Policy& policy,
                              const std::set<graph::TensorId>& raw) {
  Widths widths(static_cast<size_t>(graph.tensor_count()), kFloatWidth);
  const int unsaid = policy.all.activation_bits.value_or(kByteBits);
  const auto mark = [&](graph::TensorId id) {
    if (id != graph::kNoTensor && graph.tensor(id).type == graph::ElementType::kFloat && !graph.tensor(id).constant)
      widths[Index(id)] = unsaid;
  };
  for (const graph::TensorId input : graph.inputs) mark(input);
  for (const graph::Node& node : graph.nodes) {
    for (const graph::TensorId output : node.outputs) mark(output);
    if (NeedsTable(node.activation)) mark(node.pre_activation);
  }
  for (const graph::TensorId id : FloatMoves(graph, raw)) widths[Index(id)] = kFloatWidth;
  ForgetUnreadWidths(graph, policy.floats, widths);
  if (tail_bits > kByteBits) WidenTail(graph, tail_bits, policy.floats, widths);
  WidenOperands(graph, policy.floats, widths);
  ApplyBits(graph, policy, widths);
  return widths;
}

Widths ChooseWidths(graph::Graph& graph, int tail_bits, const Policy& policy, const std::set<graph::TensorId>& raw) {
  Widths widths = ChooseActivationWidths(graph, tail_bits, policy, raw);
  GiveConstantsWidths(graph, policy.floats, widths);
  return widths;
}

}  // namespace lockstep::quantize
