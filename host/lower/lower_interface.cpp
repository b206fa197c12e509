#include "lower/lower_interface.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "graph/error.h"
#include "lower/weight_packing.h"
#include "quantize/affine.h"

namespace lockstep::lower {

namespace {

using quantize::InputPreprocess;
using Type = InputPreprocess::Type;
using Values = std::vector<float>;

bool HoldsBytes(const InputPreprocess& preprocess) {
  return preprocess.type == Type::kPicture || preprocess.type == Type::kU8;
}

std::unique_ptr<joint::InputSpecT> DescribeInput(const InputPreprocess* preprocess) {
  auto spec = std::make_unique<joint::InputSpecT>();
  spec->resize = joint::ResizeMode::None;
  if (preprocess == nullptr) return spec;
  spec->kind = preprocess->type == Type::kPicture ? joint::InputKind::Picture : joint::InputKind::Tensor;
  if (HoldsBytes(*preprocess)) {
    spec->mean = preprocess->mean;
    spec->std = preprocess->std;
  }
  if (preprocess->type != Type::kPicture) return spec;
  spec->color = static_cast<joint::Color>(preprocess->color);
  spec->resize = static_cast<joint::ResizeMode>(preprocess->resize);
  spec->pad_value = preprocess->pad_value;
  return spec;
}

double OfChannel(const Values& values, int64_t channel) {
  return values[values.size() == 1 ? 0 : static_cast<size_t>(channel)];
}

// What each value of a byte of each channel becomes; empty if bytes are the quantised values already.
std::vector<uint8_t> ByteTables(const InputPreprocess& preprocess, int64_t channels, const AffineParams& params) {
  std::vector<int32_t> tables;
  bool identity = params.bits == 8;
  for (int64_t c = 0; c < channels; ++c) {
    for (int byte = 0; byte < 256; ++byte) {
      const double real = (byte - OfChannel(preprocess.mean, c)) / OfChannel(preprocess.std, c);
      // A byte that lies halfway between two steps may as well stay what it is.
      const double exact = real / params.scale + params.zero_point;
      identity = identity && std::abs(exact - byte) <= 0.5 + 1e-3;
      tables.push_back(quantize::QuantizeValue(real, params));
    }
  }
  return identity ? std::vector<uint8_t>() : ToBytes(tables, params);
}

// How numbers that stand for themselves are stored.
TensorFormat StoredFormat(Type type) {
  switch (type) {
    case Type::kPicture:
    case Type::kU8:
      return AffineParams{1.0, 0, 8};
    case Type::kU16:
      return AffineParams{1.0, 0, 16};
    case Type::kS8:
      return TensorFormat::Signed(quantize::NumberType::kS8, 1.0);
    case Type::kS16:
      return TensorFormat::Signed(quantize::NumberType::kS16, 1.0);
    case Type::kF32:
      break;
  }
  return {};
}

// What a network's input becomes on its way to the first layer.
class InputLowering {
 public:
  InputLowering(LoweringState& state, LowerContext& context, const Axes& axes, graph::TensorId id)
      : state_(state), context_(context), axes_(axes), tensor_(context.graph().tensor(id)) {}

  // The tensor that the model takes.
  Value Enter(const InputPreprocess* preprocess, const TensorFormat& format) {
    Value value = state_.draft.AddActivation(tensor_.name, tensor_.shape, axes_, format);
    auto spec = DescribeInput(preprocess);
    spec->tensor = value.tensor;
    state_.draft.model().inputs.push_back(std::move(spec));
    return value;
  }

  // Where bytes are the quantised values already, they are the tensor that the first layer reads; otherwise a table per
  // channel makes it.
  Value Bytes(const InputPreprocess& preprocess, const AffineParams& params) {
    const graph::Shape physical = Permuted(tensor_.shape, axes_);
    std::vector<uint8_t> tables = ByteTables(preprocess, physical.empty() ? 1 : physical.back(), params);
    if (tables.empty()) return Enter(&preprocess, params);
    joint::ChannelLookupT lookup;
    lookup.table = std::move(tables);
    return Converted(Enter(&preprocess, StoredFormat(Type::kU8)), std::move(lookup), params, "/normalize");
  }

  // (byte - mean) / std as the float engine has it, operation by operation.
  Value Normalized(const InputPreprocess& preprocess) {
    Value value = context_.Convert(Enter(&preprocess, StoredFormat(Type::kU8)), TensorFormat());
    const auto apply = [&](auto options, const Values& values, const char* what) {
      graph::Shape shape(value.shape.size(), 1);
      if (!axes_.empty()) shape[axes_.back()] = static_cast<int64_t>(values.size());
      const Value constant =
          state_.draft.AddConstant(tensor_.name + "/" + what, shape, axes_, TensorFormat(), ToBytes(values));
      const Value result = state_.draft.AddActivation(tensor_.name, value.shape, axes_, TensorFormat());
      context_.AddLayer(std::move(options), {value.tensor, constant.tensor}, result.tensor, 0, "/normalize");
      value = result;
    };
    const auto all = [](const Values& values, float wanted) {
      return std::all_of(values.begin(), values.end(), [&](float x) { return x == wanted; });
    };
    joint::AddT subtract;
    subtract.subtract = true;
    if (!all(preprocess.mean, 0.0F)) apply(subtract, preprocess.mean, "mean");
    joint::MulT divide;
    divide.divide = true;
    if (!all(preprocess.std, 1.0F)) apply(divide, preprocess.std, "std");
    return value;
  }

  // Numbers that stand for themselves; a Rescale makes signed integers unsigned.
  Value Numbers(const InputPreprocess& preprocess, const TensorFormat& format) {
    const TensorFormat stored = StoredFormat(preprocess.type);
    Value value = Enter(&preprocess, stored);
    if (stored.is_float()) return value;
    if (stored.is_affine()) return context_.Convert(value, format);
    const AffineParams same_numbers{1.0, 1 << (stored.bits - 1), stored.bits};
    const AffineParams read = format.is_float() ? same_numbers : format.affine();
    const FixedMultiplier multiplier = ToFixed(1.0 / read.scale);
    joint::RescaleT rescale;
    rescale.multiplier = multiplier.m;
    rescale.shift = multiplier.s;
    return context_.Convert(Converted(value, rescale, read, "/rescale"), format);
  }

 private:
  template <typename Options>
  Value Converted(const Value& value, Options options, const AffineParams& params, const char* suffix) {
    Value read = state_.draft.AddActivation(tensor_.name, tensor_.shape, axes_, params);
    context_.AddLayer(std::move(options), {value.tensor}, read.tensor, 0, suffix);
    return read;
  }

  LoweringState& state_;
  LowerContext& context_;
  const Axes& axes_;
  const graph::Tensor& tensor_;
};

}  // namespace

void LowerInput(LoweringState& state, const Axes& axes, graph::TensorId id) {
  graph::Node deliver;  // no node of the graph, but layers are named after one
  deliver.name = state.quantized.graph.tensor(id).name;
  const NodeLayout none;
  LowerContext context(state, deliver, none);
  const auto found = state.quantized.preprocess.find(id);
  const InputPreprocess* preprocess = found != state.quantized.preprocess.end() ? &found->second : nullptr;
  const TensorFormat& format = context.FormatOf(id);
  if (format.is_float() ? preprocess == nullptr : !format.is_affine()) {
    throw UnsupportedModel("tensor '" + deliver.name + "' was not quantised");
  }
  InputLowering lowering(state, context, axes, id);
  if (preprocess == nullptr) {
    state.values[id] = lowering.Enter(nullptr, format);
  } else if (!HoldsBytes(*preprocess)) {
    state.values[id] = lowering.Numbers(*preprocess, format);
  } else if (format.is_float()) {
    state.values[id] = lowering.Normalized(*preprocess);
  } else {
    state.values[id] = lowering.Bytes(*preprocess, format.affine());
  }
}

void LowerOutput(LoweringState& state, graph::TensorId id) {
  const std::string& name = state.quantized.graph.tensor(id).name;
  graph::Node deliver;  // no node of the graph, but layers are named after one
  deliver.name = name;
  const NodeLayout none;
  LowerContext context(state, deliver, none);
  const auto found = state.quantized.outputs.find(id);
  const quantize::OutputForm form = found == state.quantized.outputs.end() ? quantize::OutputForm() : found->second;
  const Value& computed = state.values.at(id);
  const Axes wanted = form.physical ? computed.axes : OnnxOrder(computed.shape.size());
  Value value = context.Reorder(computed, wanted);
  if (value.format.is_affine() && !form.raw) {
    const Value real = state.draft.AddActivation(name, value.shape, wanted, TensorFormat());
    context.AddLayer(joint::DequantizeT(), {value.tensor}, real.tensor, 0, "/dequantize");
    value = real;
  }
  auto spec = std::make_unique<joint::OutputSpecT>();
  spec->tensor = value.tensor;
  state.draft.model().outputs.push_back(std::move(spec));
}

}  // namespace lockstep::lower
