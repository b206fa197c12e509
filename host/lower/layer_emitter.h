// Writes the layers of a joint model for the nodes of a quantised graph, in their order.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lower/layout.h"
#include "lower/model_draft.h"
#include "lower/node_kind.h"
#include "quantize/quantized_graph.h"

namespace lockstep::lower {

class LayerEmitter {
 public:
  LayerEmitter(const quantize::QuantizedGraph& quantized, const Layout& layout, ModelDraft& draft);

  // Inputs, layers, outputs. Throws UnsupportedModel naming every node that cannot be lowered and why.
  void EmitAll();

 private:
  using Node = graph::Node;
  using TensorId = graph::TensorId;

  void EmitInput(TensorId id);
  void EmitNode(const Node& node);
  void EmitOutput(TensorId id);

  // emit_window.cpp
  void EmitConv(const Node& node);
  void EmitMaxPool(const Node& node);
  void EmitAveragePool(const Node& node);
  void EmitResize(const Node& node);
  // emit_elementwise.cpp
  void EmitBinary(const Node& node);
  void EmitUnary(const Node& node);
  void EmitSoftmax(const Node& node);
  Value ApplyTable(const Node& node, const graph::Activation& function, const Value& x);
  // emit_placement.cpp
  void EmitConcat(const Node& node);
  void EmitView(const Node& node);
  void EmitSlice(const Node& node);
  void EmitSplit(const Node& node);
  Value AddSlice(const Node& node, size_t output, const Value& x, const std::vector<int64_t>& start,
                 const std::vector<int64_t>& step);

  // The data input in the order that the layout wants it in, a copy if need be.
  Value Input(const Node& node, size_t index);
  Value IntegerInput(const Node& node, size_t index);  // throws UnsupportedModel if it is float
  // An operand of a binary node or Concat with the rank of the output and in the order the layout wants it in:
  // computed, or the constant `values` (the graph's own or their reciprocals) quantised with `params`.
  Value Operand(const Node& node, size_t index);
  Value ConstantOperand(const Node& node, size_t index, const AffineParams& params, const std::vector<float>& values);
  bool IsConstant(TensorId id) const { return graph_.tensor(id).constant.has_value(); }
  const std::vector<float>& Floats(TensorId id) const;

  // The quantisation that was decided for a tensor; throws UnsupportedModel if there is none.
  AffineParams ParamsOf(TensorId id) const;
  // The same, or `fallback` for an output that no entry describes (what moves elements keeps the scale).
  AffineParams ParamsOr(TensorId id, const AffineParams& fallback) const;

  // Copies in another order, scale or width. Made once for a tensor.
  Value Reorder(const Node& node, const Value& value, const Axes& axes);
  Value Rescale(const Node& node, const Value& value, const AffineParams& params);
  Value Viewed(const Node& node, const Value& value, const graph::Shape& shape, const Axes& axes);

  // `value` becomes what `node` gives as its output `index`, rescaled to the decided quantisation if that differs.
  void Define(const Node& node, size_t index, const Value& value);

  const std::string& OutputName(const Node& node, size_t index = 0) const;
  const graph::Shape& OutputShape(const Node& node, size_t index = 0) const;
  const Axes& OutputAxes(const Node& node) const;
  static std::string Stem(const Node& node);
  static std::vector<std::string> Origin(const Node& node);
  // The activation of the node as limits of its output (none, Relu, Clip); false if it needs a table.
  static bool AsClamp(const graph::Activation& activation, const AffineParams& params, int32_t* low, int32_t* high);

  const quantize::QuantizedGraph& quantized_;
  const graph::Graph& graph_;
  const Layout& layout_;
  ModelDraft& draft_;
  std::map<std::string, size_t> node_index_;
  std::map<TensorId, Value> values_;
  std::map<std::pair<int32_t, Axes>, Value> reordered_;
  std::map<std::pair<int32_t, std::pair<double, std::pair<int, int>>>, Value> rescaled_;
};

}  // namespace lockstep::lower
