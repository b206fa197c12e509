// What an emitter (ops/) works with: the node, its tensors as layers made them, and the joint model in the making.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lower/layout.h"
#include "lower/model_draft.h"
#include "quantize/quantized_graph.h"

namespace lockstep::lower {

// What is known of the graph while its nodes are lowered one after the other.
struct LoweringState {
  const quantize::QuantizedGraph& quantized;
  ModelDraft& draft;
  std::map<graph::TensorId, Value> values;  // as computed so far
  // Copies that were made of a tensor of the joint model: by order, and by scale, zero point and bits.
  std::map<std::pair<int32_t, Axes>, Value> reordered;
  std::map<std::pair<int32_t, std::pair<double, std::pair<int, int>>>, Value> rescaled;
  std::map<int32_t, Value> dequantized;
};

// One node. Everything that throws throws UnsupportedModel, without the node's name.
class LowerContext {
 public:
  // All outlive the context.
  LowerContext(LoweringState& state, const graph::Node& node, const NodeLayout& layout)
      : state_(state), node_(node), layout_(layout) {}

  const graph::Graph& graph() const { return state_.quantized.graph; }
  const graph::Node& node() const { return node_; }

  // Whether the node is computed in floats.
  bool IsFloatNode() const { return state_.quantized.float_nodes.count(node_.name) != 0; }

  // The data input in the order that the layout wants it in, a copy if need be.
  Value Input(size_t index);
  // The same in the format that the node computes in: quantised as decided, dequantised, or as it is.
  Value IntegerInput(size_t index);
  Value FloatInput(size_t index);
  Value FormattedInput(size_t index) { return IsFloatNode() ? FloatInput(index) : IntegerInput(index); }
  // An operand of a binary node or Concat with the rank of the output and in the order the layout wants it in:
  // computed, or a float constant quantised with `params`.
  Value Operand(size_t index);
  Value ConstantOperand(size_t index, const AffineParams& params);
  // The same for a node in floats, constant or not.
  Value FloatOperand(size_t index);
  // The computed input as its producer left it.
  const Value& Known(size_t index) const { return state_.values.at(node_.inputs.at(index)); }
  bool IsConstant(size_t index) const { return graph().tensor(node_.inputs.at(index)).constant.has_value(); }
  const std::vector<float>& Floats(size_t index) const;  // of a constant input

  // The quantisation that was decided for a tensor; throws if there is none.
  AffineParams ParamsOf(graph::TensorId id) const;
  AffineParams OutputParams(size_t index = 0) const { return ParamsOf(node_.outputs.at(index)); }
  // The same, or `fallback` for a tensor that no entry describes (what moves elements keeps the scale).
  AffineParams ParamsOr(graph::TensorId id, const AffineParams& fallback) const;
  bool IsFloat(graph::TensorId id) const { return state_.quantized.activations.count(id) == 0; }
  const quantize::QuantizedWeights& Weights() const;  // throws if there are none

  // Conversions between formats. Made once for a tensor.
  Value Dequantized(const Value& value);
  Value Quantized(const Value& value, const AffineParams& params);
  // A copy in another scale, zero point or width. Made once for a tensor.
  Value Rescale(const Value& value, const AffineParams& params);
  Value Reorder(const Value& value, const Axes& axes);
  // The same bytes under another shape or order.
  Value Viewed(const Value& value, const graph::Shape& shape, const Axes& axes);

  const std::string& OutputName(size_t index = 0) const;
  const graph::Shape& OutputShape(size_t index = 0) const;
  const Axes& OutputAxes() const { return layout_.output; }
  // A tensor for a layer of this node to write: what the node gives as its output `index`, or what stands for it.
  Value AddOutput(const AffineParams& params, size_t index = 0);
  Value AddFloatOutput(size_t index = 0);
  Value AddLike(const Value& value, const std::string& name, const graph::Shape& shape, const Axes& axes);
  ModelDraft& draft() { return state_.draft; }

  // A layer of this node; `suffix` is appended to its name.
  template <typename Options>
  void AddLayer(Options options, const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs,
                uint64_t macs = 0, const char* suffix = "") {
    state_.draft.AddLayer(ShortName(node_.name) + suffix, std::move(options), inputs, outputs, node_.onnx_nodes, macs);
  }
  template <typename Options>
  void AddLayer(Options options, const std::vector<int32_t>& inputs, int32_t output, uint64_t macs = 0,
                const char* suffix = "") {
    AddLayer(std::move(options), inputs, std::vector<int32_t>{output}, macs, suffix);
  }

  // `value` becomes what the node gives as its output `index`, rescaled to the decided quantisation if that differs.
  void Define(const Value& value, size_t index = 0);

 private:
  // A computed input with the rank of the output.
  Value PaddedInput(size_t index);
  // The elements of a constant operand in physical order.
  std::vector<float> PhysicalFloats(size_t index) const;

  LoweringState& state_;
  const graph::Node& node_;
  const NodeLayout& layout_;
};

}  // namespace lockstep::lower
