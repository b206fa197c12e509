#include "lower/lower_context.h"

#include <algorithm>

#include "graph/error.h"
#include "quantize/affine.h"

namespace lockstep::lower {
namespace {

using graph::Shape;
using graph::TensorId;

// A shape of lower rank, with leading axes of extent 1.
Shape Padded(const Shape& shape, size_t rank) {
  Shape padded(rank - shape.size(), 1);
  padded.insert(padded.end(), shape.begin(), shape.end());
  return padded;
}

}  // namespace

Value LowerContext::Input(size_t index) {
  const TensorId id = node_.inputs.at(index);
  const auto value = state_.values.find(id);
  if (value == state_.values.end()) {
    throw UnsupportedModel("input '" + graph().tensor(id).name + "' is a constant; fold the node before quantising");
  }
  return Reorder(value->second, layout_.inputs.at(index));
}

Value LowerContext::IntegerInput(size_t index) {
  const Value value = Input(index);
  return value.is_float ? Quantized(value, ParamsOf(node_.inputs.at(index))) : value;
}

Value LowerContext::FloatInput(size_t index) {
  const Value value = Input(index);
  return value.is_quantized() ? Dequantized(value) : value;
}

Value LowerContext::PaddedInput(size_t index) {
  Value value = state_.values.at(node_.inputs[index]);
  const Axes& axes = layout_.inputs[index];
  const size_t missing = axes.size() - value.shape.size();
  if (missing != 0) {
    Axes padded = OnnxOrder(missing);
    for (const uint8_t axis : value.axes) padded.push_back(static_cast<uint8_t>(axis + missing));
    value = Viewed(value, Padded(value.shape, axes.size()), padded);
  }
  return Reorder(value, axes);
}

Value LowerContext::Operand(size_t index) {
  const Value value = PaddedInput(index);
  return value.is_float ? Quantized(value, ParamsOf(node_.inputs[index])) : value;
}

Value LowerContext::FloatOperand(size_t index) {
  if (!IsConstant(index)) {
    const Value value = PaddedInput(index);
    return value.is_float ? value : Dequantized(value);
  }
  const graph::Tensor& tensor = graph().tensor(node_.inputs[index]);
  const Axes& axes = layout_.inputs[index];
  return state_.draft.AddFloatConstant(tensor.name, Padded(tensor.shape, axes.size()), axes, PhysicalFloats(index));
}

const std::vector<float>& LowerContext::Floats(size_t index) const {
  const graph::Tensor& tensor = graph().tensor(node_.inputs.at(index));
  if (tensor.type != graph::ElementType::kFloat) {
    throw UnsupportedModel("constant '" + tensor.name + "' is no float tensor");
  }
  return tensor.constant->floats;
}

std::vector<float> LowerContext::PhysicalFloats(size_t index) const {
  const std::vector<float>& values = Floats(index);
  const Axes& axes = layout_.inputs[index];
  const Shape shape = Padded(graph().tensor(node_.inputs[index]).shape, axes.size());
  const Shape physical = Permuted(shape, axes);
  std::vector<int64_t> strides(shape.size(), 1);  // of the ONNX order
  for (size_t axis = shape.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * shape[axis];
  std::vector<float> result;
  result.reserve(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t rest = static_cast<int64_t>(i);
    int64_t source = 0;
    for (size_t axis = physical.size(); axis-- > 0;) {
      source += rest % physical[axis] * strides[axes[axis]];
      rest /= physical[axis];
    }
    result.push_back(values[static_cast<size_t>(source)]);
  }
  return result;
}

Value LowerContext::ConstantOperand(size_t index, const AffineParams& params) {
  const graph::Tensor& tensor = graph().tensor(node_.inputs[index]);
  const Axes& axes = layout_.inputs[index];
  std::vector<int32_t> integers;
  for (const float value : PhysicalFloats(index)) integers.push_back(quantize::QuantizeValue(value, params));
  return state_.draft.AddConstant(tensor.name, Padded(tensor.shape, axes.size()), axes, params,
                                  ToBytes(integers, params));
}

AffineParams LowerContext::ParamsOf(TensorId id) const {
  const auto entry = state_.quantized.activations.find(id);
  if (entry == state_.quantized.activations.end()) {
    throw UnsupportedModel("tensor '" + graph().tensor(id).name + "' was not quantised");
  }
  return entry->second;
}

AffineParams LowerContext::ParamsOr(TensorId id, const AffineParams& fallback) const {
  const auto entry = state_.quantized.activations.find(id);
  return entry == state_.quantized.activations.end() ? fallback : entry->second;
}

const quantize::QuantizedWeights& LowerContext::Weights() const {
  const auto found = state_.quantized.weights.find(node_.name);
  if (found == state_.quantized.weights.end()) throw UnsupportedModel("its weights were not quantised");
  return found->second;
}

Value LowerContext::Dequantized(const Value& value) {
  const auto known = state_.dequantized.find(value.tensor);
  if (known != state_.dequantized.end()) return known->second;
  const Value result = state_.draft.AddFloat(state_.draft.TensorName(value), value.shape, value.axes);
  AddLayer(joint::DequantizeT(), {value.tensor}, result.tensor, 0, "/dequantize");
  state_.dequantized[value.tensor] = result;
  return result;
}

Value LowerContext::Quantized(const Value& value, const AffineParams& params) {
  const std::pair key{value.tensor, std::pair{params.scale, std::pair{params.zero_point, params.bits}}};
  const auto known = state_.rescaled.find(key);
  if (known != state_.rescaled.end()) return known->second;
  joint::QuantizeT quantize;
  quantize.clamp_high = params.high();
  const Value result = state_.draft.AddActivation(state_.draft.TensorName(value), value.shape, value.axes, params);
  AddLayer(quantize, {value.tensor}, result.tensor, 0, "/quantize");
  state_.rescaled[key] = result;
  return result;
}

Value LowerContext::Rescale(const Value& value, const AffineParams& params) {
  if (value.params == params) return value;
  if (params.bits != 8 && params.bits != 16) {
    throw UnsupportedModel("tensor '" + state_.draft.TensorName(value) + "' would have to be rescaled to " +
                           std::to_string(params.bits) + " bits; give it 8 or 16");
  }
  const std::pair key{value.tensor, std::pair{params.scale, std::pair{params.zero_point, params.bits}}};
  const auto known = state_.rescaled.find(key);
  if (known != state_.rescaled.end()) return known->second;
  const FixedMultiplier multiplier = ToFixed(value.params.scale / params.scale);
  joint::RescaleT rescale;
  rescale.multiplier = multiplier.m;
  rescale.shift = multiplier.s;
  const Value result = state_.draft.AddActivation(state_.draft.TensorName(value), value.shape, value.axes, params);
  AddLayer(rescale, {value.tensor}, result.tensor, 0, "/rescale");
  state_.rescaled[key] = result;
  return result;
}

Value LowerContext::Reorder(const Value& value, const Axes& axes) {
  if (value.axes == axes) return value;
  const auto known = state_.reordered.find({value.tensor, axes});
  if (known != state_.reordered.end()) return known->second;
  Value result;
  if (SameBytes(value.shape, value.axes, axes)) {
    result = Viewed(value, value.shape, axes);
  } else {
    result = AddLike(value, state_.draft.TensorName(value), value.shape, axes);
    joint::TransposeT transpose;
    for (const uint8_t axis : axes) {
      const auto from = std::find(value.axes.begin(), value.axes.end(), axis) - value.axes.begin();
      transpose.perm.push_back(static_cast<int32_t>(from));
    }
    AddLayer(std::move(transpose), {value.tensor}, result.tensor, 0, "/transpose");
  }
  state_.reordered[{value.tensor, axes}] = result;
  return result;
}

Value LowerContext::Viewed(const Value& value, const Shape& shape, const Axes& axes) {
  const Value view = AddLike(value, state_.draft.TensorName(value), shape, axes);
  AddLayer(joint::ReshapeT(), {value.tensor}, view.tensor, 0, "/view");
  return view;
}

const std::string& LowerContext::OutputName(size_t index) const { return graph().tensor(node_.outputs.at(index)).name; }

const Shape& LowerContext::OutputShape(size_t index) const { return graph().tensor(node_.outputs.at(index)).shape; }

Value LowerContext::AddOutput(const AffineParams& params, size_t index) {
  return state_.draft.AddActivation(OutputName(index), OutputShape(index), OutputAxes(), params);
}

Value LowerContext::AddFloatOutput(size_t index) {
  return state_.draft.AddFloat(OutputName(index), OutputShape(index), OutputAxes());
}

Value LowerContext::AddLike(const Value& value, const std::string& name, const Shape& shape, const Axes& axes) {
  if (value.is_integer) return state_.draft.AddIntegers(name, shape, axes);
  return value.is_float ? state_.draft.AddFloat(name, shape, axes)
                        : state_.draft.AddActivation(name, shape, axes, value.params);
}

void LowerContext::Define(const Value& value, size_t index) {
  const TensorId id = node_.outputs.at(index);
  state_.values[id] = value.is_quantized() ? Rescale(value, ParamsOr(id, value.params)) : value;
}

}  // namespace lockstep::lower
