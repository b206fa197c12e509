#include "qdq/qdq_export.h"

#include <algorithm>
#include <map>
#include <utility>

#include "import/expand_activations.h"
#include "qdq/qdq_constants.h"
#include "quantize/operator_classes.h"

namespace lockstep::qdq {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;
using quantize::QuantizedGraph;
using quantize::TensorFormat;

const TensorFormat* FormatOf(const QuantizedGraph& quantized, TensorId id) {
  const auto found = quantized.formats.find(id);
  return found == quantized.formats.end() ? nullptr : &found->second;
}

// In which levels a node in integers reads a tensor; null if it has none.
const TensorFormat* LevelsOf(const QuantizedGraph& quantized, TensorId id) {
  const auto read = quantized.reads.find(id);
  if (read != quantized.reads.end()) return &read->second;
  const TensorFormat* format = FormatOf(quantized, id);
  return format != nullptr && format->has_levels() ? format : nullptr;
}

// Integers in place of what nodes in integers read: weights, biases, constants, float tensors and inputs.
class Operands {
 public:
  Operands(const QuantizedGraph& quantized, Graph& graph, QdqBuilder& builder, std::vector<Node>& nodes)
      : quantized_(quantized), graph_(graph), builder_(builder), nodes_(nodes) {}

  void Add(Node node) {
    const bool integers = !FormatOf(quantized_, node.outputs[0])->is_float();
    const std::vector<TensorId> originals = node.inputs;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const TensorId id = originals[i];
      if (id == graph::kNoTensor) continue;
      if (integers || IsInput(id)) node.inputs[i] = Operand(node, i, id);
    }
    if (integers) AddBias(node, originals[0]);
    nodes_.push_back(std::move(node));
  }

 private:
  bool IsInput(TensorId id) const {
    const TensorFormat* format = FormatOf(quantized_, id);
    return std::find(graph_.inputs.begin(), graph_.inputs.end(), id) != graph_.inputs.end() && format != nullptr &&
           format->is_affine();
  }

  TensorId Operand(const Node& node, size_t place, TensorId id) {
    const auto weights = quantized_.weights.find({node.name, place});
    if (weights != quantized_.weights.end()) return builder_.Weights(node, id, weights->second);
    const bool constant = graph_.tensor(id).constant.has_value();
    if (constant ? !quantize::IsConstantOperand(graph_, node, id) : !IsInput(id) && quantized_.reads.count(id) == 0) {
      return id;
    }
    const TensorFormat* levels = LevelsOf(quantized_, id);
    if (levels == nullptr) return id;
    const auto known = replaced_.find(id);
    if (known != replaced_.end()) return known->second;
    TensorId& dequantized = replaced_[id];
    if (constant) {
      dequantized = builder_.Constant(id, levels->affine());
    } else {
      dequantized = builder_.Like(id, graph_.tensor(id).name + "_read");
      builder_.Pair(id, *levels, dequantized);
    }
    return dequantized;
  }

  void AddBias(Node& node, TensorId input) {
    const ops::QuantizationTraits& traits = quantize::TraitsOf(node);
    const auto weights = quantized_.weights.find({node.name, static_cast<size_t>(traits.weights)});
    if (traits.bias < 0 || weights == quantized_.weights.end()) return;
    const auto place = static_cast<size_t>(traits.bias);
    if (node.inputs.size() <= place) node.inputs.resize(place + 1, graph::kNoTensor);
    node.inputs[place] = builder_.Bias(node, weights->second, *LevelsOf(quantized_, input));
  }

  const QuantizedGraph& quantized_;
  Graph& graph_;
  QdqBuilder& builder_;
  std::vector<Node>& nodes_;
  std::map<TensorId, TensorId> replaced_;
};

// What a node writes is quantised behind it; the dequantised tensor has its name.
void QuantizeOutputs(const QuantizedGraph& quantized, Graph& graph, QdqBuilder& builder, std::vector<Node>& nodes) {
  for (Node node : std::exchange(graph.nodes, {})) {
    std::vector<std::pair<TensorId, TensorId>> pairs;
    for (TensorId& id : node.outputs) {
      const TensorFormat* format = id == graph::kNoTensor ? nullptr : FormatOf(quantized, id);
      if (format == nullptr || !format->has_levels()) continue;
      const TensorId written = builder.Like(id, graph.tensor(id).name + "_float");
      pairs.emplace_back(written, std::exchange(id, written));
    }
    nodes.push_back(std::move(node));
    for (const auto& [written, id] : pairs) builder.Pair(written, *FormatOf(quantized, id), id);
  }
}

}  // namespace

std::string SerializeQdq(const QuantizedGraph& quantized) {
  Graph graph = quantized.graph;
  importer::NarrowTypes narrow;
  std::vector<Node> nodes;
  {
    QdqBuilder builder(graph, nodes);
    Operands operands(quantized, graph, builder, nodes);
    for (Node& node : std::exchange(graph.nodes, {})) operands.Add(std::move(node));
    graph.nodes = std::exchange(nodes, {});
    narrow = builder.narrow();
  }
  Graph expanded = importer::ExpandActivations(graph);
  QdqBuilder builder(expanded, nodes);
  QuantizeOutputs(quantized, expanded, builder, nodes);
  expanded.nodes = std::move(nodes);
  narrow.insert(builder.narrow().begin(), builder.narrow().end());
  return importer::SerializeOnnx(expanded, quantized.source_digest, narrow);
}

}  // namespace lockstep::qdq
