#include "lower/layer_emitter.h"

#include <algorithm>
#include <cmath>

#include "graph/error.h"
#include "quantize/affine.h"

namespace lockstep::lower {

LayerEmitter::LayerEmitter(const quantize::QuantizedGraph& quantized, const Layout& layout, ModelDraft& draft)
    : quantized_(quantized), graph_(quantized.graph), layout_(layout), draft_(draft) {
  for (size_t i = 0; i < graph_.nodes.size(); ++i) node_index_[graph_.nodes[i].name] = i;
}

void LayerEmitter::EmitAll() {
  std::vector<std::string> blockers;
  std::set<TensorId> missing;  // outputs of nodes that could not be lowered
  for (const TensorId id : graph_.inputs) EmitInput(id);
  for (const Node& node : graph_.nodes) {
    const bool reachable =
        std::none_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) { return missing.count(id) != 0; });
    bool emitted = false;
    try {
      if (reachable) EmitNode(node);
      emitted = reachable;
    } catch (const UnsupportedModel& error) {
      blockers.push_back("node '" + node.name + "' (" + node.op + "): " + error.what());
    }
    if (!emitted) missing.insert(node.outputs.begin(), node.outputs.end());
  }
  if (blockers.empty()) {
    for (const TensorId id : graph_.outputs) EmitOutput(id);
    return;
  }
  std::string text = std::to_string(blockers.size()) + " node(s) cannot be lowered to integers:";
  for (const std::string& blocker : blockers) text += "\n  " + blocker;
  throw UnsupportedModel(text);
}

void LayerEmitter::EmitNode(const Node& node) {
  switch (KindOf(graph_, node)) {
    case NodeKind::kWindow:
      if (node.op == "Conv") return EmitConv(node);
      if (node.op == "MaxPool") return EmitMaxPool(node);
      return node.op == "AveragePool" ? EmitAveragePool(node) : EmitResize(node);
    case NodeKind::kBinary:
      return EmitBinary(node);
    case NodeKind::kUnary:
      return EmitUnary(node);
    case NodeKind::kSoftmax:
      return EmitSoftmax(node);
    case NodeKind::kConcat:
      return EmitConcat(node);
    case NodeKind::kReshape:
    case NodeKind::kTranspose:
      return EmitView(node);
    case NodeKind::kSlice:
      return EmitSlice(node);
    case NodeKind::kSplit:
      return EmitSplit(node);
    case NodeKind::kUnsupported:
      throw UnsupportedModel("there is no integer operator for it");
  }
}

// Bytes enter as pixels. Where pixel values are the quantised values already, they are the tensor that the first layer
// reads; otherwise a table per channel makes it.
void LayerEmitter::EmitInput(TensorId id) {
  const graph::Tensor& tensor = graph_.tensor(id);
  const AffineParams params = ParamsOf(id);
  if (params.bits > 8) throw UnsupportedModel("input '" + tensor.name + "' has more than 8 bits; quantise it to 8");
  const Axes& axes = layout_.stored.at(id);
  auto spec = std::make_unique<joint::InputSpecT>();
  spec->resize = joint::ResizeMode::None;
  const auto found = quantized_.preprocess.find(id);
  const graph::Shape physical = Permuted(tensor.shape, axes);
  const int64_t channels = physical.empty() ? 1 : physical.back();
  std::vector<uint8_t> tables;
  bool identity = true;
  if (found != quantized_.preprocess.end()) {
    const quantize::InputPreprocess& preprocess = found->second;
    spec->color = static_cast<joint::Color>(preprocess.color);
    spec->resize = static_cast<joint::ResizeMode>(preprocess.resize);
    spec->mean = preprocess.mean;
    spec->std = preprocess.std;
    spec->pad_value = preprocess.pad_value;
    const auto entry = [](const std::vector<float>& values, int64_t c) {
      return static_cast<double>(values[values.size() == 1 ? 0 : static_cast<size_t>(c)]);
    };
    for (int64_t c = 0; c < channels; ++c) {
      for (int pixel = 0; pixel < 256; ++pixel) {
        const double real = (pixel - entry(preprocess.mean, c)) / entry(preprocess.std, c);
        // A pixel that lies halfway between two steps may as well stay what it is.
        const double exact = real / params.scale + params.zero_point;
        identity = identity && std::abs(exact - pixel) <= 0.5 + 1e-3;
        tables.push_back(static_cast<uint8_t>(quantize::QuantizeValue(real, params)));
      }
    }
  }
  Value value = draft_.AddActivation(tensor.name, tensor.shape, axes, identity ? params : AffineParams{});
  spec->tensor = value.tensor;
  draft_.model().inputs.push_back(std::move(spec));
  if (!identity) {
    joint::ChannelLookupT lookup;
    lookup.table = std::move(tables);
    const Value read = draft_.AddActivation(tensor.name, tensor.shape, axes, params);
    draft_.AddLayer(ShortName(tensor.name) + "/normalize", std::move(lookup), {value.tensor}, read.tensor, {});
    value = read;
  }
  values_[id] = value;
}

void LayerEmitter::EmitOutput(TensorId id) {
  Value value = values_.at(id);
  const std::string& name = graph_.tensor(id).name;
  Node deliver;
  deliver.name = name;
  const Axes wanted = OnnxOrder(value.shape.size());
  value = Reorder(deliver, value, wanted);
  if (!value.is_float) {
    const Value real = draft_.AddFloat(name, value.shape, wanted);
    draft_.AddLayer(ShortName(name) + "/dequantize", joint::DequantizeT(), {value.tensor}, real.tensor, {});
    value = real;
  }
  auto spec = std::make_unique<joint::OutputSpecT>();
  spec->tensor = value.tensor;
  draft_.model().outputs.push_back(std::move(spec));
}

Value LayerEmitter::Input(const Node& node, size_t index) {
  const TensorId id = node.inputs.at(index);
  const auto value = values_.find(id);
  if (value == values_.end()) {
    throw UnsupportedModel("input '" + graph_.tensor(id).name + "' is a constant; fold the node before quantising");
  }
  const Axes& wanted = layout_.nodes[node_index_.at(node.name)].inputs.at(index);
  return Reorder(node, value->second, wanted);
}

Value LayerEmitter::IntegerInput(const Node& node, size_t index) {
  Value value = Input(node, index);
  if (value.is_float) throw UnsupportedModel("its input '" + draft_.TensorName(value) + "' was not quantised");
  return value;
}

Value LayerEmitter::Operand(const Node& node, size_t index) {
  Value value = values_.at(node.inputs[index]);
  if (value.is_float) throw UnsupportedModel("its input '" + draft_.TensorName(value) + "' was not quantised");
  const Axes& axes = layout_.nodes[node_index_.at(node.name)].inputs[index];
  const size_t missing = axes.size() - value.shape.size();
  if (missing != 0) {
    graph::Shape shape(missing, 1);
    shape.insert(shape.end(), value.shape.begin(), value.shape.end());
    Axes padded = OnnxOrder(missing);
    for (const uint8_t axis : value.axes) padded.push_back(static_cast<uint8_t>(axis + missing));
    value = Viewed(node, value, shape, padded);
  }
  return Reorder(node, value, axes);
}

const std::vector<float>& LayerEmitter::Floats(TensorId id) const {
  const graph::Tensor& tensor = graph_.tensor(id);
  if (tensor.type != graph::ElementType::kFloat) {
    throw UnsupportedModel("constant '" + tensor.name + "' is no float tensor");
  }
  return tensor.constant->floats;
}

Value LayerEmitter::ConstantOperand(const Node& node, size_t index, const AffineParams& params,
                                    const std::vector<float>& values) {
  const graph::Tensor& tensor = graph_.tensor(node.inputs[index]);
  const Axes& axes = layout_.nodes[node_index_.at(node.name)].inputs[index];
  graph::Shape shape(axes.size() - tensor.shape.size(), 1);
  shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
  const graph::Shape physical = Permuted(shape, axes);
  std::vector<int64_t> strides(shape.size(), 1);  // of the ONNX order
  for (size_t axis = shape.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * shape[axis];
  std::vector<int32_t> integers;
  integers.reserve(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t rest = static_cast<int64_t>(i);
    int64_t source = 0;
    for (size_t axis = physical.size(); axis-- > 0;) {
      source += rest % physical[axis] * strides[axes[axis]];
      rest /= physical[axis];
    }
    integers.push_back(quantize::QuantizeValue(values[static_cast<size_t>(source)], params));
  }
  return draft_.AddConstant(tensor.name, shape, axes, params, ToBytes(integers, params));
}

AffineParams LayerEmitter::ParamsOf(TensorId id) const {
  const auto entry = quantized_.activations.find(id);
  if (entry == quantized_.activations.end()) {
    throw UnsupportedModel("tensor '" + graph_.tensor(id).name + "' was not quantised");
  }
  return entry->second;
}

AffineParams LayerEmitter::ParamsOr(TensorId id, const AffineParams& fallback) const {
  const auto entry = quantized_.activations.find(id);
  return entry == quantized_.activations.end() ? fallback : entry->second;
}

Value LayerEmitter::Reorder(const Node& node, const Value& value, const Axes& axes) {
  if (value.axes == axes) return value;
  const auto known = reordered_.find({value.tensor, axes});
  if (known != reordered_.end()) return known->second;
  const std::string& name = draft_.TensorName(value);
  Value result;
  if (SameBytes(value.shape, value.axes, axes)) {
    result = Viewed(node, value, value.shape, axes);
  } else {
    result = value.is_float ? draft_.AddFloat(name, value.shape, axes)
                            : draft_.AddActivation(name, value.shape, axes, value.params);
    joint::TransposeT transpose;
    for (const uint8_t axis : axes) {
      const auto from = std::find(value.axes.begin(), value.axes.end(), axis) - value.axes.begin();
      transpose.perm.push_back(static_cast<int32_t>(from));
    }
    draft_.AddLayer(Stem(node) + "/transpose", std::move(transpose), {value.tensor}, result.tensor, Origin(node));
  }
  reordered_[{value.tensor, axes}] = result;
  return result;
}

Value LayerEmitter::Viewed(const Node& node, const Value& value, const graph::Shape& shape, const Axes& axes) {
  const std::string& name = draft_.TensorName(value);
  Value view =
      value.is_float ? draft_.AddFloat(name, shape, axes) : draft_.AddActivation(name, shape, axes, value.params);
  draft_.AddLayer(Stem(node) + "/view", joint::ReshapeT(), {value.tensor}, view.tensor, Origin(node));
  return view;
}

Value LayerEmitter::Rescale(const Node& node, const Value& value, const AffineParams& params) {
  if (value.params == params) return value;
  if (params.bits != 8 && params.bits != 16) {
    throw UnsupportedModel("tensor '" + draft_.TensorName(value) + "' would have to be rescaled to " +
                           std::to_string(params.bits) + " bits; give it 8 or 16");
  }
  const std::pair key{value.tensor, std::pair{params.scale, std::pair{params.zero_point, params.bits}}};
  const auto known = rescaled_.find(key);
  if (known != rescaled_.end()) return known->second;
  const FixedMultiplier multiplier = ToFixed(value.params.scale / params.scale);
  joint::RescaleT rescale;
  rescale.multiplier = multiplier.m;
  rescale.shift = multiplier.s;
  Value result = draft_.AddActivation(draft_.TensorName(value), value.shape, value.axes, params);
  draft_.AddLayer(Stem(node) + "/rescale", rescale, {value.tensor}, result.tensor, Origin(node));
  rescaled_[key] = result;
  return result;
}

void LayerEmitter::Define(const Node& node, size_t index, const Value& value) {
  const TensorId id = node.outputs[index];
  values_[id] = value.is_float ? value : Rescale(node, value, ParamsOr(id, value.params));
}

const std::string& LayerEmitter::OutputName(const Node& node, size_t index) const {
  return graph_.tensor(node.outputs.at(index)).name;
}

const graph::Shape& LayerEmitter::OutputShape(const Node& node, size_t index) const {
  return graph_.tensor(node.outputs.at(index)).shape;
}

const Axes& LayerEmitter::OutputAxes(const Node& node) const { return layout_.nodes[node_index_.at(node.name)].output; }

std::string LayerEmitter::Stem(const Node& node) { return ShortName(node.name); }

std::vector<std::string> LayerEmitter::Origin(const Node& node) { return node.onnx_nodes; }

bool LayerEmitter::AsClamp(const graph::Activation& activation, const AffineParams& params, int32_t* low,
                           int32_t* high) {
  *low = 0;
  *high = params.high();
  if (activation.kind == graph::ActivationKind::kRelu) {
    *low = quantize::QuantizeValue(0.0, params);
  } else if (activation.kind == graph::ActivationKind::kClip) {
    *low = quantize::QuantizeValue(activation.alpha, params);
    *high = quantize::QuantizeValue(activation.beta, params);
  } else if (activation.kind != graph::ActivationKind::kNone) {
    return false;
  }
  return true;
}

}  // namespace lockstep::lower
