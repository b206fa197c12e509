#include "lower/lower_context.h"

#include <algorithm>

#include "graph/error.h"
#include "lower/weight_packing.h"
#include "quantize/affine.h"
#include "quantize/policy_settings.h"

namespace lockstep::lower {
namespace {

using graph::Shape;
using graph::TensorId;

// A shape of lower rank, with leading axes of extent 1.
Shape PaddedShape(const Shape& shape, size_t rank) {
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

Value LowerContext::EmitPart(void (*emit)(LowerContext& context), const LayerPart& part) {
  part_ = &part;
  emit(*this);
  part_ = nullptr;
  return std::move(part_result_);
}

Value LowerContext::LowPart(const Value& value, const Value& high, int32_t base) {
  const auto known = state_.low_parts.find(value.tensor);
  if (known != state_.low_parts.end()) return known->second;
  constexpr int32_t kMiddle = 128;
  const AffineParams params{value.params().scale, kMiddle, quantize::kByteBits};
  const Value low =
      state_.draft.AddActivation(state_.draft.TensorName(value) + "_split_low", value.shape, value.axes, params);
  const AddMultipliers fixed = ToAddMultipliers(1.0, -base, true);
  joint::AddT difference;
  difference.multiplier_a = fixed.a;
  difference.multiplier_b = fixed.b;
  difference.shift = fixed.shift;
  difference.clamp_high = params.high();
  AddLayer(difference, {value.tensor, high.tensor}, low.tensor, 0, "/low");
  state_.low_parts[value.tensor] = low;
  return low;
}

Value LowerContext::IntegerInput(size_t index) {
  if (part_ != nullptr && index == 0) return part_->input;
  const Value value = Input(index);
  return value.is_float() ? Convert(value, ParamsOf(node_.inputs.at(index))) : value;
}

Value LowerContext::FloatInput(size_t index) { return Convert(Input(index), TensorFormat()); }

Value LowerContext::Padded(Value value, size_t index) {
  const Axes& axes = layout_.inputs[index];
  const size_t missing = axes.size() - value.shape.size();
  if (missing != 0) {
    Axes padded = OnnxOrder(missing);
    for (const uint8_t axis : value.axes) padded.push_back(static_cast<uint8_t>(axis + missing));
    value = Viewed(value, PaddedShape(value.shape, axes.size()), padded);
  }
  return Reorder(value, axes);
}

Value LowerContext::Operand(size_t index) {
  const Value& value = Known(index);
  return Padded(value.is_float() ? Convert(value, ParamsOf(node_.inputs[index])) : value, index);
}

Value LowerContext::AnyOperand(size_t index) {
  if (!IsConstant(index)) return Padded(Known(index), index);
  const graph::Tensor& tensor = graph().tensor(node_.inputs[index]);
  const Axes& axes = layout_.inputs[index];
  return state_.draft.AddConstant(tensor.name, PaddedShape(tensor.shape, axes.size()), axes, TensorFormat(),
                                  ToBytes(PhysicalFloats(index)));
}

Value LowerContext::FloatOperand(size_t index) { return Convert(AnyOperand(index), TensorFormat()); }

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
  const Shape shape = PaddedShape(graph().tensor(node_.inputs[index]).shape, axes.size());
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
  return state_.draft.AddConstant(tensor.name, PaddedShape(tensor.shape, axes.size()), axes, params,
                                  ToBytes(integers, params));
}

const TensorFormat& LowerContext::FormatOf(TensorId id) const {
  const auto entry = state_.quantized.formats.find(id);
  if (entry == state_.quantized.formats.end()) {
    throw UnsupportedModel("tensor '" + graph().tensor(id).name + "' has no format");
  }
  return entry->second;
}

const TensorFormat& LowerContext::LevelsOf(TensorId id) const {
  const auto read = state_.quantized.reads.find(id);
  const TensorFormat& format = read != state_.quantized.reads.end() ? read->second : FormatOf(id);
  if (!format.has_levels()) throw UnsupportedModel("tensor '" + graph().tensor(id).name + "' was not quantised");
  return format;
}

AffineParams LowerContext::ParamsOf(TensorId id) const {
  const TensorFormat& format = LevelsOf(id);
  if (format.is_affine()) return format.affine();
  throw UnsupportedModel("tensor '" + graph().tensor(id).name +
                         "' has a scale for each channel, which only convolutions can write and depthwise ones read");
}

const quantize::QuantizedWeights& LowerContext::Weights(size_t operand) const {
  if (part_ != nullptr) return part_->weights;
  const auto found = state_.quantized.weights.find({node_.name, operand});
  if (found == state_.quantized.weights.end()) throw UnsupportedModel("its weights were not quantised");
  return found->second;
}

Value LowerContext::Convert(const Value& value, const TensorFormat& format) {
  if (value.format == format) return value;
  std::vector<Value>& copies = state_.converted[value.tensor];
  const auto known =
      std::find_if(copies.begin(), copies.end(), [&](const Value& copy) { return copy.format == format; });
  if (known != copies.end()) return *known;
  const std::string name = state_.draft.TensorName(value);
  const auto convert = [&](auto options, const char* suffix) {
    Value result = state_.draft.AddActivation(name, value.shape, value.axes, format);
    AddLayer(std::move(options), {value.tensor}, result.tensor, 0, suffix);
    copies.push_back(result);
    return result;
  };
  if (!value.is_float() && !value.format.is_affine()) {
    throw UnsupportedModel("tensor '" + name + "' holds positions; they have no value in another format");
  }
  if (format.is_float()) return convert(joint::DequantizeT(), "/dequantize");
  if (value.is_float()) {
    joint::QuantizeT quantize;
    quantize.clamp_high = format.affine().high();
    return convert(quantize, "/quantize");
  }
  const FixedMultiplier multiplier = ToFixed(value.params().scale / format.affine().scale);
  joint::RescaleT rescale;
  rescale.multiplier = multiplier.m;
  rescale.shift = multiplier.s;
  return convert(rescale, "/rescale");
}

Value LowerContext::Reorder(const Value& value, const Axes& axes) {
  if (value.axes == axes) return value;
  const auto known = state_.reordered.find({value.tensor, axes});
  if (known != state_.reordered.end()) return known->second;
  Value result;
  if (SameBytes(value.shape, value.axes, axes)) {
    result = Viewed(value, value.shape, axes);
  } else {
    result = state_.draft.AddActivation(state_.draft.TensorName(value), value.shape, axes, value.format);
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
  Value view = state_.draft.AddActivation(state_.draft.TensorName(value), shape, axes, value.format);
  AddLayer(joint::ReshapeT(), {value.tensor}, view.tensor, 0, "/view");
  return view;
}

const std::string& LowerContext::OutputName(size_t index) const { return graph().tensor(node_.outputs.at(index)).name; }

const Shape& LowerContext::OutputShape(size_t index) const { return graph().tensor(node_.outputs.at(index)).shape; }

Value LowerContext::AddOutput(const TensorFormat& format, size_t index) {
  const std::string name = OutputName(index) + (part_ != nullptr ? part_->tensor_suffix : std::string());
  return state_.draft.AddActivation(name, OutputShape(index), OutputAxes(), format);
}

void LowerContext::Define(const Value& value, size_t index) {
  if (part_ != nullptr) {
    part_result_ = value;
    return;
  }
  const TensorId id = node_.outputs.at(index);
  state_.values[id] = Convert(value, FormatOf(id));
}

}  // namespace lockstep::lower
