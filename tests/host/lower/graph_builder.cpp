#include "graph_builder.h"

#include <algorithm>
#include <cmath>

#include "lower/layout.h"
#include "ops/op_table.h"
#include "optimize/optimize.h"
#include "quantize/fixed_params.h"
#include "quantize/operator_classes.h"

namespace lockstep::test {

using graph::Shape;
using graph::TensorId;

namespace {

// The node in the form that every stage behind the importer takes for granted.
void Normalize(graph::Graph& graph, graph::Node& node) {
  const ops::Op* op = ops::FindOp(node.op);
  if (op != nullptr && op->normalize != nullptr) op->normalize(graph, node);
}

}  // namespace

TensorId GraphBuilder::Input(const std::string& name, const Shape& shape) {
  graph::Tensor tensor;
  tensor.name = name;
  tensor.shape = shape;
  graph_.inputs.push_back(graph_.AddTensor(tensor));
  return graph_.inputs.back();
}

TensorId GraphBuilder::Constant(const Shape& shape, std::vector<float> values) {
  graph::Tensor tensor;
  tensor.name = graph_.UniqueName("constant");
  tensor.shape = shape;
  tensor.constant = graph::ConstantData{std::move(values), {}};
  return graph_.AddTensor(tensor);
}

TensorId GraphBuilder::Ints(std::vector<int64_t> values) {
  graph::Tensor tensor;
  tensor.name = graph_.UniqueName("ints");
  tensor.type = graph::ElementType::kInt64;
  tensor.shape = {static_cast<int64_t>(values.size())};
  tensor.constant = graph::ConstantData{{}, std::move(values)};
  return graph_.AddTensor(tensor);
}

std::vector<float> GraphBuilder::Random(size_t count, float low, float high) {
  std::uniform_real_distribution<float> distribution(low, high);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(random_);
  return values;
}

TensorId GraphBuilder::Node(const std::string& op, const std::vector<TensorId>& inputs,
                            std::map<std::string, graph::Attribute> attributes, graph::Activation activation) {
  graph::Node node;
  node.op = op;
  node.name = "/block/" + op + "_" + std::to_string(graph_.nodes.size());
  node.onnx_nodes = {node.name};
  node.inputs = inputs;
  node.attributes = std::move(attributes);
  node.activation = activation;
  graph::Tensor output;
  output.name = node.name + "_output";
  node.outputs = {graph_.AddTensor(output)};
  graph_.nodes.push_back(node);
  optimize::InferShapes(graph_);
  Normalize(graph_, graph_.nodes.back());
  if (activation.kind != graph::ActivationKind::kNone) {
    graph::Tensor before;
    before.name = node.name + "_before";
    before.shape = graph_.tensor(node.outputs[0]).shape;
    graph_.nodes.back().pre_activation = graph_.AddTensor(before);
  }
  return node.outputs[0];
}

TensorId GraphBuilder::Conv(TensorId x, int64_t channels, int64_t kernel, int64_t stride, int64_t groups,
                            graph::ActivationKind activation) {
  const int64_t depth = shape(x)[1] / groups;
  const auto taps = static_cast<size_t>(depth * kernel * kernel);
  const float limit = 1.7F / std::sqrt(static_cast<float>(taps));
  const TensorId weights =
      Constant({channels, depth, kernel, kernel}, Random(static_cast<size_t>(channels) * taps, -limit, limit));
  const TensorId bias = Constant({channels}, Random(static_cast<size_t>(channels), -0.3F, 0.3F));
  const int64_t pad = kernel / 2;
  return Node("Conv", {x, weights, bias},
              {{"kernel_shape", std::vector<int64_t>{kernel, kernel}},
               {"strides", std::vector<int64_t>{stride, stride}},
               {"dilations", std::vector<int64_t>{1, 1}},
               {"pads", std::vector<int64_t>{pad, pad, pad, pad}},
               {"group", groups}},
              {activation, activation == graph::ActivationKind::kLeakyRelu ? 0.1 : 0.0, 0.0});
}

std::vector<TensorId> GraphBuilder::Outputs(const std::string& op, const std::vector<TensorId>& inputs,
                                            std::map<std::string, graph::Attribute> attributes, size_t count) {
  graph::Node node;
  node.op = op;
  node.name = "/block/" + op + "_" + std::to_string(graph_.nodes.size());
  node.onnx_nodes = {node.name};
  node.inputs = inputs;
  node.attributes = std::move(attributes);
  for (size_t i = 0; i < count; ++i) {
    graph::Tensor output;
    output.name = node.name + "_output_" + std::to_string(i);
    node.outputs.push_back(graph_.AddTensor(output));
  }
  graph_.nodes.push_back(node);
  optimize::InferShapes(graph_);
  Normalize(graph_, graph_.nodes.back());
  return node.outputs;
}

std::vector<TensorId> GraphBuilder::Split(TensorId x, int64_t axis, const std::vector<int64_t>& sizes) {
  return Outputs("Split", {x, Ints(sizes)}, {{"axis", axis}}, sizes.size());
}

std::vector<TensorId> GraphBuilder::TopK(TensorId x, int64_t axis, int64_t k, bool largest) {
  return Outputs("TopK", {x, Ints({k})}, {{"axis", axis}, {"largest", int64_t{largest}}}, 2);
}

size_t OutputChannelOf(const graph::Node& node, const graph::Shape& weights, size_t element) {
  const auto per_plane = static_cast<size_t>(weights[2] * weights[3]);
  const auto second = static_cast<size_t>(weights[1]);
  const size_t first = element / per_plane / second;
  if (node.op == "Conv") return first;
  const auto group_in = static_cast<size_t>(weights[0] / node.Int("group", 1));
  return first / group_in * second + element / per_plane % second;
}

namespace {

bool MovesElements(const std::string& op) {
  static const std::set<std::string> kMoves = {"Reshape", "Transpose", "Slice", "Split", "MaxPool", "Resize", "TopK"};
  return kMoves.count(op) != 0;
}

quantize::AffineParams FromValues(const std::vector<float>& values, int bits) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  quantize::AffineParams params;
  params.bits = bits;
  const double bottom = std::min<double>(*low, 0.0);
  const double top = std::max<double>({*high, 0.0, bottom + 1e-6});
  params.scale = static_cast<float>((top - bottom) / params.high());
  params.zero_point = static_cast<int32_t>(std::floor(-bottom / params.scale + 0.5));
  return params;
}

// One zero point in the middle of that of all values; every channel reaches as far as its own.
quantize::TensorFormat FromChannels(const engine::FloatTensor& tensor, int bits) {
  const quantize::AffineParams all = FromValues(tensor.data, bits);
  const auto channels = static_cast<size_t>(tensor.shape[1]);
  const size_t plane = tensor.data.size() / channels;  // of one image
  std::vector<double> scales;
  for (size_t c = 0; c < channels; ++c) {
    const auto begin = tensor.data.begin() + static_cast<std::ptrdiff_t>(c * plane);
    const auto [low, high] = std::minmax_element(begin, begin + static_cast<std::ptrdiff_t>(plane));
    const double above = std::max<double>(*high, 1e-3) / (all.high() - all.zero_point + 1e-9);
    const double below = all.zero_point > 0 ? std::max<double>(-*low, 0.0) / all.zero_point : 0.0;
    scales.push_back(static_cast<float>(std::min(std::max(above, below), 8 * all.scale)));
  }
  return quantize::TensorFormat::Channels(all, std::move(scales));
}

quantize::QuantizedWeights QuantizeWeights(const graph::Graph& graph, const graph::Node& node,
                                           const quantize::TensorFormat& input, int bits) {
  const graph::Tensor& tensor = graph.tensor(node.inputs[1]);
  const std::vector<float>& values = tensor.constant->floats;
  const auto channels = static_cast<size_t>(graph.tensor(node.outputs[0]).shape[1]);
  quantize::QuantizedWeights result;
  std::vector<float> largest(channels, 1e-6F);
  for (size_t i = 0; i < values.size(); ++i) {
    float& most = largest[OutputChannelOf(node, tensor.shape, i)];
    most = std::max(most, std::abs(values[i]));
  }
  std::vector<double> scales;
  for (const float most : largest) scales.push_back(static_cast<double>(most) / quantize::HighestWeight(bits));
  for (size_t i = 0; i < values.size(); ++i) {
    const double scale = scales[OutputChannelOf(node, tensor.shape, i)];
    result.values.push_back(static_cast<int16_t>(std::lround(values[i] / scale)));
  }
  result.bias.assign(channels, 0);
  for (size_t oc = 0; node.inputs.size() > 2 && node.inputs[2] != graph::kNoTensor && oc < channels; ++oc) {
    const float bias = graph.tensor(node.inputs[2]).constant->floats[oc];
    const double x_scale = input.channel(oc * input.scales.size() / channels).scale;
    result.bias[oc] = std::llround(bias / (scales[oc] * x_scale));
  }
  result.format = quantize::TensorFormat::Weights(bits, std::move(scales), node.op == "Conv" ? 0 : 1);
  return result;
}

// The constant operands of arithmetic, in the width of their node.
void StateConstants(const graph::Graph& graph, const graph::Node& node,
                    std::map<TensorId, quantize::TensorFormat>& formats) {
  int bits = formats.at(node.outputs[0]).bits;
  for (const TensorId id : node.inputs) {
    const auto format = formats.find(id);
    if (format != formats.end() && format->second.is_affine()) bits = std::max(bits, format->second.bits);
  }
  for (const TensorId id : node.inputs) {
    if (!quantize::IsConstantOperand(graph, node, id)) continue;
    formats[id] = quantize::ConstantParams(graph.tensor(id).constant->floats, bits);
  }
}

// ONNX order to the channels-last bytes of the joint model's input.
std::vector<uint8_t> ToPixels(const Shape& shape, const std::vector<uint8_t>& onnx) {
  if (shape.size() != 4) return onnx;
  const int64_t plane = shape[2] * shape[3];
  std::vector<uint8_t> pixels;
  for (int64_t n = 0; n < shape[0]; ++n) {
    for (int64_t i = 0; i < plane; ++i) {
      for (int64_t c = 0; c < shape[1]; ++c) pixels.push_back(onnx[(n * shape[1] + c) * plane + i]);
    }
  }
  return pixels;
}

}  // namespace

QuantizedSample QuantizePlainly(const graph::Graph& graph, const PlainQuantization& options, uint32_t seed) {
  QuantizedSample sample;
  sample.quantized.graph = graph;
  std::mt19937 random(seed);
  std::map<std::string, engine::FloatTensor> inputs;
  for (const TensorId id : graph.inputs) {
    const graph::Tensor& tensor = graph.tensor(id);
    std::vector<uint8_t> bytes(static_cast<size_t>(graph::ElementCount(tensor.shape)));
    engine::FloatTensor values{tensor.shape, {}};
    for (uint8_t& byte : bytes) {
      byte = static_cast<uint8_t>(random() & 255);
      values.data.push_back(static_cast<float>(byte) / 255.0F);
    }
    inputs[tensor.name] = values;
    sample.input_bytes.push_back(ToPixels(tensor.shape, bytes));
    sample.quantized.formats[id] = quantize::AffineParams{static_cast<float>(1.0 / 255.0), 0, 8};
    sample.quantized.preprocess[id] = {};
  }
  engine::FloatEngineOptions engine_options;
  engine_options.observe_all = true;
  engine::FloatEngine engine(graph, engine_options);
  engine.Run(inputs, [&](const std::string& name, const Shape& shape, const float* data) {
    sample.float_values[name] = {shape, std::vector<float>(data, data + graph::ElementCount(shape))};
  });

  auto& formats = sample.quantized.formats;
  auto& reads = sample.quantized.reads;
  const auto is_island = [&](const graph::Node& node) { return options.islands.count(node.outputs[0]) != 0; };
  const graph::Uses uses(graph);
  for (const TensorId id : graph.inputs) {
    const std::vector<int32_t>& readers = uses.consumers[static_cast<size_t>(id)];
    const bool read = std::any_of(readers.begin(), readers.end(),
                                  [&](int32_t reader) { return !is_island(graph.nodes[static_cast<size_t>(reader)]); });
    if (!read) formats[id] = {};
  }
  // As nodes in integers read it.
  const auto integers = [&](TensorId id) { return reads.count(id) != 0 ? reads.at(id) : formats.at(id); };
  const auto bits_of = [&](TensorId id) {
    const auto found = options.bits.find(id);
    if (found != options.bits.end()) return found->second;
    return options.sixteen_bits.count(id) != 0 ? 16 : 8;
  };
  for (const graph::Node& node : graph.nodes) {
    const bool island = is_island(node);
    for (const TensorId id : node.outputs) {
      if (graph.tensor(id).type != graph::ElementType::kFloat) {
        formats[id] = quantize::TensorFormat::Indices();
        continue;
      }
      if (options.floats.count(id) != 0) {
        formats[id] = {};
        continue;
      }
      const int bits = bits_of(id);
      quantize::TensorFormat format;
      if (!island && ((options.share_moves && MovesElements(node.op)) || options.shared.count(id) != 0)) {
        format = integers(node.inputs[0]);
      } else if (node.op == "Softmax") {
        format = quantize::AffineParams{std::ldexp(1.0, -bits), 0, bits};
      } else {
        const engine::FloatTensor& values = sample.float_values.at(graph.tensor(id).name);
        format = options.channels.count(id) != 0 ? FromChannels(values, bits)
                                                 : quantize::TensorFormat(FromValues(values.data, bits));
      }
      if (island) reads[id] = format;
      formats[id] = island ? quantize::TensorFormat() : format;
    }
    if (node.pre_activation != graph::kNoTensor) {
      const engine::FloatTensor& before = sample.float_values.at(graph.tensor(node.pre_activation).name);
      const int bits = bits_of(node.pre_activation);
      quantize::TensorFormat& format = formats[node.pre_activation];
      if (!island) {
        format = options.channels.count(node.outputs[0]) != 0 ? FromChannels(before, bits)
                                                              : quantize::TensorFormat(FromValues(before.data, bits));
      }
    }
    if (island) continue;
    StateConstants(graph, node, formats);
    if (node.op == "Conv" || node.op == "ConvTranspose") {
      const auto weight_bits = options.weight_bits.find(node.outputs[0]);
      sample.quantized.weights[{node.name, 1}] = QuantizeWeights(
          graph, node, integers(node.inputs[0]), weight_bits != options.weight_bits.end() ? weight_bits->second : 8);
    }
  }
  return sample;
}

}  // namespace lockstep::test
