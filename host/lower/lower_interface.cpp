#include "lower/lower_interface.h"

#include <cmath>

#include "graph/error.h"
#include "quantize/affine.h"

namespace lockstep::lower {

// Bytes enter as pixels. Where pixel values are the quantised values already, they are the tensor that the first layer
// reads; otherwise a table per channel makes it.
void LowerInput(LoweringState& state, const Axes& axes, graph::TensorId id) {
  const graph::Tensor& tensor = state.quantized.graph.tensor(id);
  const auto entry = state.quantized.activations.find(id);
  if (entry == state.quantized.activations.end()) {
    throw UnsupportedModel("tensor '" + tensor.name + "' was not quantised");
  }
  const AffineParams params = entry->second;
  if (params.bits > 8) throw UnsupportedModel("input '" + tensor.name + "' has more than 8 bits; quantise it to 8");
  auto spec = std::make_unique<joint::InputSpecT>();
  spec->resize = joint::ResizeMode::None;
  const auto found = state.quantized.preprocess.find(id);
  const graph::Shape physical = Permuted(tensor.shape, axes);
  const int64_t channels = physical.empty() ? 1 : physical.back();
  std::vector<uint8_t> tables;
  bool identity = true;
  if (found != state.quantized.preprocess.end()) {
    const quantize::InputPreprocess& preprocess = found->second;
    spec->color = static_cast<joint::Color>(preprocess.color);
    spec->resize = static_cast<joint::ResizeMode>(preprocess.resize);
    spec->mean = preprocess.mean;
    spec->std = preprocess.std;
    spec->pad_value = preprocess.pad_value;
    const auto of_channel = [](const std::vector<float>& values, int64_t c) {
      return static_cast<double>(values[values.size() == 1 ? 0 : static_cast<size_t>(c)]);
    };
    for (int64_t c = 0; c < channels; ++c) {
      for (int pixel = 0; pixel < 256; ++pixel) {
        const double real = (pixel - of_channel(preprocess.mean, c)) / of_channel(preprocess.std, c);
        // A pixel that lies halfway between two steps may as well stay what it is.
        const double exact = real / params.scale + params.zero_point;
        identity = identity && std::abs(exact - pixel) <= 0.5 + 1e-3;
        tables.push_back(static_cast<uint8_t>(quantize::QuantizeValue(real, params)));
      }
    }
  }
  Value value = state.draft.AddActivation(tensor.name, tensor.shape, axes, identity ? params : AffineParams{});
  spec->tensor = value.tensor;
  state.draft.model().inputs.push_back(std::move(spec));
  if (!identity) {
    joint::ChannelLookupT lookup;
    lookup.table = std::move(tables);
    const Value read = state.draft.AddActivation(tensor.name, tensor.shape, axes, params);
    state.draft.AddLayer(ShortName(tensor.name) + "/normalize", std::move(lookup), {value.tensor}, {read.tensor}, {});
    value = read;
  }
  state.values[id] = value;
}

void LowerOutput(LoweringState& state, graph::TensorId id) {
  const std::string& name = state.quantized.graph.tensor(id).name;
  graph::Node deliver;  // no node of the graph, but layers are named after one
  deliver.name = name;
  const NodeLayout none;
  LowerContext context(state, deliver, none);
  const Axes wanted = OnnxOrder(state.values.at(id).shape.size());
  Value value = context.Reorder(state.values.at(id), wanted);
  if (value.is_quantized()) {
    const Value real = state.draft.AddFloat(name, value.shape, wanted);
    context.AddLayer(joint::DequantizeT(), {value.tensor}, real.tensor, 0, "/dequantize");
    value = real;
  }
  auto spec = std::make_unique<joint::OutputSpecT>();
  spec->tensor = value.tensor;
  state.draft.model().outputs.push_back(std::move(spec));
}

}  // namespace lockstep::lower
