#include "lowered.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "graph/resize.h"
#include "lower/lower.h"
#include "quantize/affine.h"

namespace lockstep::test {
namespace {

using graph::TensorId;

template <typename Element>
int64_t ElementAt(const uint8_t* data, size_t i) {
  Element element;
  std::memcpy(&element, data + i * sizeof element, sizeof element);
  return static_cast<int64_t>(element);
}

int64_t IntegerAt(joint::DType dtype, const uint8_t* data, size_t i) {
  switch (dtype) {
    case joint::DType::U16:
      return ElementAt<uint16_t>(data, i);
    case joint::DType::S16:
      return ElementAt<int16_t>(data, i);
    case joint::DType::S64:
      return ElementAt<int64_t>(data, i);
    default:
      return data[i];
  }
}

// Elements in memory order as reals in ONNX order.
std::vector<float> Dequantized(const joint::Tensor& tensor, const uint8_t* data) {
  const auto& shape = *tensor.shape();
  const size_t rank = shape.size();
  std::vector<size_t> onnx_shape(rank);
  std::vector<size_t> axes(rank);
  for (uint32_t i = 0; i < rank; ++i) {
    axes[i] = tensor.axes() != nullptr ? tensor.axes()->Get(i) : i;
    onnx_shape[axes[i]] = static_cast<size_t>(shape[i]);
  }
  size_t count = 1;
  for (const size_t extent : onnx_shape) count *= extent;
  std::vector<float> result(count);
  for (size_t i = 0; i < count; ++i) {
    size_t rest = i;
    std::vector<size_t> at(rank);  // by ONNX axis
    for (size_t axis = rank; axis-- > 0;) {
      at[axes[axis]] = rest % static_cast<size_t>(shape[static_cast<uint32_t>(axis)]);
      rest /= static_cast<size_t>(shape[static_cast<uint32_t>(axis)]);
    }
    size_t place = 0;
    for (size_t axis = 0; axis < rank; ++axis) place = place * onnx_shape[axis] + at[axis];
    if (tensor.dtype() == joint::DType::F32) {
      std::memcpy(&result[place], data + i * sizeof(float), sizeof(float));
    } else if (tensor.quantization() == nullptr) {  // positions
      int64_t integer = 0;
      std::memcpy(&integer, data + i * sizeof(integer), sizeof(integer));
      result[place] = static_cast<float>(integer);
    } else {
      const auto& quantization = *tensor.quantization();
      const int64_t q = IntegerAt(tensor.dtype(), data, i) - quantization.zero_point()->Get(0);
      const auto channel = static_cast<uint32_t>(i % quantization.scale()->size());  // the last axis
      result[place] =
          static_cast<float>(static_cast<double>(quantization.scale()->Get(channel)) * static_cast<double>(q));
    }
  }
  return result;
}

// Whether the tensor has the format that was decided for the ONNX tensor it stands for, not a copy in others.
bool IsAsDecided(const quantize::QuantizedGraph& quantized, const joint::Tensor& tensor) {
  for (const auto& [id, format] : quantized.formats) {
    if (quantized.graph.tensor(id).name != tensor.name()->str()) continue;
    if (format.is_float()) return tensor.dtype() == joint::DType::F32;
    if (!format.has_levels()) return tensor.dtype() == joint::DType::S64;
    return tensor.quantization() != nullptr &&
           std::equal(format.scales.begin(), format.scales.end(), tensor.quantization()->scale()->begin(),
                      tensor.quantization()->scale()->end()) &&
           tensor.quantization()->zero_point()->Get(0) == format.zero_points[0] &&
           tensor.quantization()->bits() == format.bits;
  }
  return true;
}

// The node alone, without its activation, its constants as the layers have them.
graph::Graph Alone(const Lowered& lowered, const graph::Node& node) {
  const quantize::QuantizedGraph& quantized = lowered.sample.quantized;
  graph::Graph alone = quantized.graph;
  alone.nodes = {node};
  alone.nodes[0].activation = {};
  alone.nodes[0].pre_activation = graph::kNoTensor;
  alone.inputs.clear();
  alone.outputs = node.outputs;
  for (const TensorId id : node.inputs) {
    if (id == graph::kNoTensor) continue;
    graph::Tensor& tensor = alone.tensor(id);
    if (!tensor.constant) {
      if (std::count(alone.inputs.begin(), alone.inputs.end(), id) == 0) alone.inputs.push_back(id);
    } else {
      const auto made = lowered.values.find(tensor.name);
      const bool whole = made != lowered.values.end() && made->second.size() == tensor.constant->floats.size();
      if (whole) tensor.constant->floats = made->second;
    }
  }
  const auto found = quantized.weights.find({node.name, 1});
  if (found != quantized.weights.end()) {
    const quantize::QuantizedWeights& weights = found->second;
    std::vector<float>& values = alone.tensor(node.inputs[1]).constant->floats;
    const graph::Shape shape = alone.tensor(node.inputs[1]).shape;
    const auto read = quantized.reads.find(node.inputs[0]);
    const quantize::TensorFormat& x =
        read != quantized.reads.end() ? read->second : quantized.formats.at(node.inputs[0]);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(weights.scales()[OutputChannelOf(node, shape, i)] * weights.values[i]);
    }
    for (size_t oc = 0; node.inputs.size() > 2 && oc < weights.bias.size(); ++oc) {
      alone.tensor(node.inputs[2]).constant->floats[oc] =
          static_cast<float>(static_cast<double>(weights.bias[oc]) * weights.scales()[oc] *
                             x.channel(oc * x.scales.size() / weights.bias.size()).scale);
    }
  }
  return alone;
}

struct Bound {
  double low = -HUGE_VAL, high = HUGE_VAL;  // of the tensor's range
  double step = 0.0;
};

// `element` in ONNX order.
Bound BoundOf(const quantize::QuantizedGraph& quantized, TensorId id, size_t element) {
  const quantize::TensorFormat& format = quantized.formats.at(id);
  if (!format.has_levels()) return {};
  const graph::Shape& shape = quantized.graph.tensor(id).shape;
  size_t channel = 0;
  if (format.has_channel_scales()) {
    const auto plane = static_cast<size_t>(graph::ElementCount(shape) / (shape[0] * shape[1]));
    channel = element / plane % format.scales.size();
  }
  const quantize::AffineParams params = format.channel(channel);
  const quantize::Range range = quantize::RangeOf(params);
  return {range.low, range.high, params.scale};
}

// As a Quantize layer has it: one division of floats, half a step to the even level.
float InLevels(float value, const quantize::AffineParams& params) {
  const double level = std::nearbyint(value / static_cast<float>(params.scale)) + params.zero_point;
  const double q = std::min(std::max(level, 0.0), static_cast<double>(params.high()));
  return static_cast<float>(params.scale * (q - params.zero_point));
}

double Clamped(double value, const Bound& bound) { return std::min(std::max(value, bound.low), bound.high); }

bool NeedsTable(const graph::Activation& activation) {
  return activation.kind != graph::ActivationKind::kNone && activation.kind != graph::ActivationKind::kRelu &&
         activation.kind != graph::ActivationKind::kClip;
}

// By how much the weights of an interpolation or a sample may be off.
double WeightError(const quantize::QuantizedGraph& quantized, const graph::Node& node) {
  if (node.op == "GridSample") {
    return node.String("mode", "") == "nearest" ? 0.0 : 0.125 * BoundOf(quantized, node.inputs[0], 0).step;
  }
  if (node.op != "Resize" || graph::IsNearest(node)) return 0.0;
  return (node.String("mode", "") == "linear" ? 0.125 : 0.375) * BoundOf(quantized, node.inputs[0], 0).step;
}

void ExpectNode(const Lowered& lowered, const graph::Node& node) {
  constexpr double kSteepest = 1.5;  // of the functions behind a layer
  const quantize::QuantizedGraph& quantized = lowered.sample.quantized;
  const graph::Graph alone = Alone(lowered, node);
  std::map<std::string, engine::FloatTensor> inputs;
  for (const TensorId id : alone.inputs) {
    const graph::Tensor& tensor = alone.tensor(id);
    inputs[tensor.name] = {tensor.shape, lowered.values.at(tensor.name)};
    const auto read = quantized.reads.find(id);
    if (read == quantized.reads.end() || quantized.formats.at(node.outputs[0]).is_float()) continue;
    for (float& value : inputs[tensor.name].data) value = InLevels(value, read->second.affine());
  }
  const auto results = engine::FloatEngine(alone, {}).Run(inputs);
  const bool table = NeedsTable(node.activation);
  for (const TensorId id : node.outputs) {
    const std::string& name = alone.tensor(id).name;
    const auto made = lowered.values.find(name);
    if (made == lowered.values.end()) continue;  // nobody reads this part of a Split
    const std::vector<float>& linear = results.at(name).data;
    ASSERT_EQ(made->second.size(), linear.size()) << name;
    for (size_t i = 0; i < linear.size(); ++i) {
      const Bound bound = BoundOf(quantized, id, i);
      const Bound before = table ? BoundOf(quantized, node.pre_activation, i) : Bound();
      const double tolerance = 0.503 * bound.step + 0.503 * kSteepest * before.step + WeightError(quantized, node);
      const double real = graph::Evaluate(node.activation, Clamped(linear[i], before));
      const double expected = Clamped(real, bound);
      // Sums of float32 are exact to some 2^-20 of the largest term.
      ASSERT_NEAR(made->second[i], expected, tolerance + 4e-6 * std::max(1.0, std::abs(expected)))
          << node.op << " '" << name << "', element " << i << ", step " << bound.step;
    }
  }
}

}  // namespace

const joint::Layer* Lowered::Find(joint::Options op) const {
  for (const joint::Layer* layer : *engine->model().layers()) {
    if (layer->options_type() == op) return layer;
  }
  return nullptr;
}

Lowered LowerSample(QuantizedSample sample) {
  Lowered result;
  result.sample = std::move(sample);
  const quantize::QuantizedGraph& quantized = result.sample.quantized;
  result.file = lower::Lower(quantized, {});
  result.engine = std::make_unique<engine::ReferenceEngine>(result.file.data(), result.file.size());
  const joint::Model& model = result.engine->model();
  for (const joint::Layer* layer : *model.layers()) ++result.layers[joint::EnumNameOptions(layer->options_type())];
  for (const TensorId id : quantized.graph.inputs) {
    const std::string& name = quantized.graph.tensor(id).name;
    result.values[name] = result.sample.float_values.at(name).data;
  }
  for (const joint::Tensor* tensor : *model.tensors()) {
    const bool weights = tensor->packing() != joint::Packing::Plain ||
                         (tensor->quantization() != nullptr && tensor->quantization()->axis() >= 0);
    if (tensor->constant() < 0 || weights || tensor->dtype() == joint::DType::S8) continue;
    const auto* data = model.constants()->Get(static_cast<uint32_t>(tensor->constant()))->data()->data();
    result.values[tensor->name()->str()] = Dequantized(*tensor, data);
  }
  const auto keep = [&](int, int, const joint::Layer&, const joint::Tensor& tensor, const uint8_t* data) {
    if (IsAsDecided(quantized, tensor)) result.values.emplace(tensor.name()->str(), Dequantized(tensor, data));
  };
  const std::vector<std::vector<uint8_t>> outputs = result.engine->Run(result.sample.input_bytes, keep);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const int32_t tensor = model.outputs()->Get(static_cast<uint32_t>(i))->tensor();
    result.outputs.push_back(Dequantized(*model.tensors()->Get(static_cast<uint32_t>(tensor)), outputs[i].data()));
  }
  return result;
}

Lowered LowerPlainly(GraphBuilder& builder, const PlainQuantization& options) {
  return LowerSample(QuantizePlainly(builder.graph(), options));
}

void ExpectNodesWithinHalfAStep(const Lowered& lowered) {
  const graph::Graph& graph = lowered.sample.quantized.graph;
  for (const graph::Node& node : graph.nodes) ExpectNode(lowered, node);
  ASSERT_EQ(lowered.outputs.size(), graph.outputs.size());
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    EXPECT_EQ(lowered.outputs[i], lowered.values.at(graph.tensor(graph.outputs[i]).name)) << "output " << i;
  }
}

}  // namespace lockstep::test
