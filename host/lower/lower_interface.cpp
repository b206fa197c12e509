#include "lower/lower_interface.h"

#include <algorithm>
#include <cmath>

#include "graph/error.h"
#include "lower/weight_packing.h"
#include "quantize/affine.h"

namespace lockstep::lower {

namespace {

using Values = std::vector<float>;

std::unique_ptr<joint::InputSpecT> DescribeInput(const quantize::InputPreprocess* preprocess) {
  auto spec = std::make_unique<joint::InputSpecT>();
  spec->resize = joint::ResizeMode::None;
  if (preprocess == nullptr) return spec;
  spec->color = static_cast<joint::Color>(preprocess->color);
  spec->resize = static_cast<joint::ResizeMode>(preprocess->resize);
  spec->mean = preprocess->mean;
  spec->std = preprocess->std;
  spec->pad_value = preprocess->pad_value;
  return spec;
}

double OfChannel(const Values& values, int64_t channel) {
  return values[values.size() == 1 ? 0 : static_cast<size_t>(channel)];
}

// What each pixel value of each channel becomes; empty if pixel values are the quantised values already.
std::vector<uint8_t> PixelTables(const quantize::InputPreprocess& preprocess, int64_t channels,
                                 const AffineParams& params) {
  std::vector<uint8_t> tables;
  bool identity = true;
  for (int64_t c = 0; c < channels; ++c) {
    for (int pixel = 0; pixel < 256; ++pixel) {
      const double real = (pixel - OfChannel(preprocess.mean, c)) / OfChannel(preprocess.std, c);
      // A pixel that lies halfway between two steps may as well stay what it is.
      const double exact = real / params.scale + params.zero_point;
      identity = identity && std::abs(exact - pixel) <= 0.5 + 1e-3;
      tables.push_back(static_cast<uint8_t>(quantize::QuantizeValue(real, params)));
    }
  }
  return identity ? std::vector<uint8_t>() : tables;
}

// (pixel - mean) / std as the float engine has it, operation by operation.
Value Normalized(LowerContext& context, const Value& pixels, const quantize::InputPreprocess& preprocess,
                 const std::string& name) {
  Value value = context.Convert(pixels, TensorFormat());
  const auto apply = [&](auto options, const Values& values, const char* what) {
    graph::Shape shape(value.shape.size(), 1);
    if (shape.size() > 1) shape[1] = static_cast<int64_t>(values.size());
    const Value constant =
        context.draft().AddConstant(name + "/" + what, shape, value.axes, TensorFormat(), ToBytes(values));
    const Value result = context.draft().AddActivation(name, value.shape, value.axes, TensorFormat());
    context.AddLayer(std::move(options), {value.tensor, constant.tensor}, result.tensor, 0, "/normalize");
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

}  // namespace

// Bytes enter as pixels. Where pixel values are the quantised values already, they are the tensor that the first layer
// reads; otherwise a table per channel makes it, or the arithmetic of floats.
void LowerInput(LoweringState& state, const Axes& axes, graph::TensorId id) {
  const graph::Tensor& tensor = state.quantized.graph.tensor(id);
  graph::Node deliver;  // no node of the graph, but layers are named after one
  deliver.name = tensor.name;
  const NodeLayout none;
  LowerContext context(state, deliver, none);
  const auto found = state.quantized.preprocess.find(id);
  const quantize::InputPreprocess* preprocess = found != state.quantized.preprocess.end() ? &found->second : nullptr;
  const TensorFormat& format = context.FormatOf(id);
  if (format.is_float() ? preprocess == nullptr : !format.is_affine()) {
    throw UnsupportedModel("tensor '" + tensor.name + "' was not quantised");
  }
  const AffineParams params = format.is_float() ? AffineParams{} : format.affine();
  if (params.bits > 8) throw UnsupportedModel("input '" + tensor.name + "' has more than 8 bits; quantise it to 8");
  const graph::Shape physical = Permuted(tensor.shape, axes);
  std::vector<uint8_t> tables;
  if (preprocess != nullptr && !format.is_float()) {
    tables = PixelTables(*preprocess, physical.empty() ? 1 : physical.back(), params);
  }
  auto spec = DescribeInput(preprocess);
  Value value = state.draft.AddActivation(tensor.name, tensor.shape, axes, tables.empty() ? params : AffineParams{});
  spec->tensor = value.tensor;
  state.draft.model().inputs.push_back(std::move(spec));
  if (!tables.empty()) {
    joint::ChannelLookupT lookup;
    lookup.table = std::move(tables);
    const Value read = state.draft.AddActivation(tensor.name, tensor.shape, axes, params);
    state.draft.AddLayer(ShortName(tensor.name) + "/normalize", std::move(lookup), {value.tensor}, {read.tensor}, {});
    value = read;
  }
  state.values[id] = format.is_float() ? Normalized(context, value, *preprocess, tensor.name) : value;
}

void LowerOutput(LoweringState& state, graph::TensorId id) {
  const std::string& name = state.quantized.graph.tensor(id).name;
  graph::Node deliver;  // no node of the graph, but layers are named after one
  deliver.name = name;
  const NodeLayout none;
  LowerContext context(state, deliver, none);
  const Axes wanted = OnnxOrder(state.values.at(id).shape.size());
  Value value = context.Reorder(state.values.at(id), wanted);
  if (value.format.is_affine()) {
    const Value real = state.draft.AddActivation(name, value.shape, wanted, TensorFormat());
    context.AddLayer(joint::DequantizeT(), {value.tensor}, real.tensor, 0, "/dequantize");
    value = real;
  }
  auto spec = std::make_unique<joint::OutputSpecT>();
  spec->tensor = value.tensor;
  state.draft.model().outputs.push_back(std::move(spec));
}

}  // namespace lockstep::lower
