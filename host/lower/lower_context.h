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
  // Copies that were made of a tensor of the joint model: by order, and in other formats.
  std::map<std::pair<int32_t, Axes>, Value> reordered;
  std::map<int32_t, std::vector<Value>> converted;
  std::map<int32_t, Value> low_parts;  // of what is read in two parts
};

// A layer that computes a part of what its node gives (error compensation): what stands in place of the node's own.
struct LayerPart {
  Value input;  // the first
  quantize::QuantizedWeights weights;
  AffineParams output;
  std::string tensor_suffix;
  std::string layer_suffix;
};

// One node. Everything that throws throws UnsupportedModel, without the node's name.
class LowerContext {
 public:
  // All outlive the context.
  LowerContext(LoweringState& state, const graph::Node& node, const NodeLayout& layout)
      : state_(state), node_(node), layout_(layout) {}

  const graph::Graph& graph() const { return state_.quantized.graph; }
  const graph::Node& node() const { return node_; }

  // What `emit` makes of the node for that part.
  Value EmitPart(void (*emit)(LowerContext& context), const LayerPart& part);
  bool IsPart() const { return part_ != nullptr; }
  // The low part of the first input beneath `high`, which is it in fewer bits and coarser by `base`: in 8 bits, made
  // once for a tensor.
  Value LowPart(const Value& value, const Value& high, int32_t base);

  // The data input in the order that the layout wants it in, a copy if need be.
  Value Input(size_t index);
  // The same in the format that the node computes in: quantised as decided, dequantised, or as it is.
  Value IntegerInput(size_t index);
  Value FloatInput(size_t index);
  Value FormattedInput(size_t index) { return IsFloatNode() ? FloatInput(index) : IntegerInput(index); }
  // An operand of a binary node or Concat with the rank of the output and in the order the layout wants it in:
  // computed, and quantised if it was not; or a float constant quantised with `params`.
  Value Operand(size_t index);
  Value ConstantOperand(size_t index, const AffineParams& params);
  // The same in floats, constant or not; and as it was computed, constants in floats.
  Value FloatOperand(size_t index);
  Value AnyOperand(size_t index);
  // The computed input as its producer left it.
  const Value& Known(size_t index) const { return state_.values.at(node_.inputs.at(index)); }
  bool IsConstant(size_t index) const { return graph().tensor(node_.inputs.at(index)).constant.has_value(); }
  const std::vector<float>& Floats(size_t index) const;  // of a constant input
  // The same in the order in which the layout wants it, with the rank of the output.
  std::vector<float> PhysicalFloats(size_t index) const;

  // The format that was decided for a tensor; throws if there is none.
  const TensorFormat& FormatOf(graph::TensorId id) const;
  const TensorFormat& OutputFormat(size_t index = 0) const { return FormatOf(node_.outputs.at(index)); }
  // Whether the node computes in floats.
  bool IsFloatNode() const { return OutputFormat().is_float(); }
  // In which scale and zero point a node that computes in integers sees the tensor; throws if it was not quantised.
  AffineParams ParamsOf(graph::TensorId id) const;
  // The same where channels may have scales of their own.
  const TensorFormat& LevelsOf(graph::TensorId id) const;
  TensorFormat OutputLevels() const {
    return part_ != nullptr ? TensorFormat(part_->output) : LevelsOf(node_.outputs.at(0));
  }
  AffineParams OutputParams(size_t index = 0) const {
    return part_ != nullptr ? part_->output : ParamsOf(node_.outputs.at(index));
  }
  // The integers of a constant operand; throws if there are none.
  const quantize::QuantizedWeights& Weights(size_t operand) const;

  // The same in another format, made once for a tensor: what is quantised is rescaled or dequantised, what is float is
  // quantised.
  Value Convert(const Value& value, const TensorFormat& format);
  Value Reorder(const Value& value, const Axes& axes);
  // The same bytes under another shape or order.
  Value Viewed(const Value& value, const graph::Shape& shape, const Axes& axes);

  const std::string& OutputName(size_t index = 0) const;
  const graph::Shape& OutputShape(size_t index = 0) const;
  const Axes& OutputAxes() const { return layout_.output; }
  // A tensor for a layer of this node to write: what the node gives as its output `index`, or what stands for it.
  Value AddOutput(const TensorFormat& format, size_t index = 0);
  ModelDraft& draft() { return state_.draft; }

  // A layer of this node; `suffix` is appended to its name.
  template <typename Options>
  void AddLayer(Options options, const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs,
                uint64_t macs = 0, const char* suffix = "") {
    const std::string& part = part_ != nullptr ? part_->layer_suffix : std::string();
    state_.draft.AddLayer(ShortName(node_.name) + part + suffix, std::move(options), inputs, outputs, node_.onnx_nodes,
                          macs);
  }
  template <typename Options>
  void AddLayer(Options options, const std::vector<int32_t>& inputs, int32_t output, uint64_t macs = 0,
                const char* suffix = "") {
    AddLayer(std::move(options), inputs, std::vector<int32_t>{output}, macs, suffix);
  }

  // `value` becomes what the node gives as its output `index`, rescaled to the decided format if that differs.
  void Define(const Value& value, size_t index = 0);

 private:
  // `value` of an input with the rank of the output, in the order that the layout wants.
  Value Padded(Value value, size_t index);

  LoweringState& state_;
  const graph::Node& node_;
  const NodeLayout& layout_;
  const LayerPart* part_ = nullptr;
  Value part_result_;
};

}  // namespace lockstep::lower
