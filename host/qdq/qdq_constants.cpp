#include "qdq/qdq_constants.h"

#include <algorithm>
#include <limits>

#include "quantize/affine.h"
#include "quantize/channel_order.h"
#include "quantize/weight_operands.h"

namespace lockstep::qdq {
namespace {

using graph::ElementType;
using graph::TensorId;
using quantize::AffineParams;
using quantize::TensorFormat;

constexpr int64_t kOnnxInt32 = 6;
constexpr int kByte = 8;
constexpr int kWord = 16;

int64_t UnsignedType(int bits) { return bits > kByte ? graph::kOnnxUint16 : graph::kOnnxUint8; }

bool IsWide(int64_t type) { return type == graph::kOnnxUint16 || type == graph::kOnnxInt16; }

std::string OpFor(const std::string& op, int64_t type) { return IsWide(type) ? "com.microsoft." + op : op; }

graph::Node MakeNode(const std::string& op, const std::string& name, std::vector<TensorId> inputs, TensorId output) {
  graph::Node node;
  node.op = op;
  node.name = name;
  node.inputs = std::move(inputs);
  node.outputs = {output};
  return node;
}

std::vector<float> ToFloats(const std::vector<double>& values) { return {values.begin(), values.end()}; }

}  // namespace

TensorId QdqBuilder::Floats(const std::string& stem, const graph::Shape& shape, std::vector<float> values) {
  return graph_.AddTensor(
      {graph_.UniqueName(stem), ElementType::kFloat, shape, graph::ConstantData{std::move(values), {}}});
}

TensorId QdqBuilder::Integers(const std::string& stem, const graph::Shape& shape, std::vector<int64_t> values,
                              int64_t onnx_type) {
  const TensorId id = graph_.AddTensor(
      {graph_.UniqueName(stem), ElementType::kInt64, shape, graph::ConstantData{{}, std::move(values)}});
  narrow_[id] = onnx_type;
  return id;
}

TensorId QdqBuilder::Like(TensorId like, const std::string& stem) {
  return graph_.AddTensor({graph_.UniqueName(stem), ElementType::kFloat, graph_.tensor(like).shape, std::nullopt});
}

void QdqBuilder::Pair(TensorId x, const AffineParams& params, TensorId y) {
  const std::string name = graph_.tensor(y).name;
  if (params.bits != kByte && params.bits != kWord) {
    // Saturation is that of the whole type.
    const quantize::Range range = quantize::RangeOf(params);
    const TensorId clipped = Like(y, name + "_clipped");
    nodes_.push_back(MakeNode("Clip", graph_.tensor(clipped).name,
                              {x, Floats(name + "_low", {}, {static_cast<float>(range.low)}),
                               Floats(name + "_high", {}, {static_cast<float>(range.high)})},
                              clipped));
    x = clipped;
  }
  const int64_t type = UnsignedType(params.bits);
  const TensorId scale = Floats(name + "_scale", {}, {static_cast<float>(params.scale)});
  const TensorId zero_point = Integers(name + "_zero_point", {}, {params.zero_point}, type);
  const TensorId levels = graph_.AddTensor(
      {graph_.UniqueName(name + "_quantized"), ElementType::kInt64, graph_.tensor(y).shape, std::nullopt});
  narrow_[levels] = type;
  nodes_.push_back(MakeNode(OpFor("QuantizeLinear", type), name + "_QuantizeLinear", {x, scale, zero_point}, levels));
  nodes_.push_back(
      MakeNode(OpFor("DequantizeLinear", type), name + "_DequantizeLinear", {levels, scale, zero_point}, y));
}

void QdqBuilder::Pair(TensorId x, const TensorFormat& levels, TensorId y) {
  if (levels.is_affine()) return Pair(x, levels.affine(), y);
  const std::string name = graph_.tensor(y).name;
  graph::Shape shape(graph_.tensor(y).shape.size(), 1);
  shape[static_cast<size_t>(levels.axis)] = static_cast<int64_t>(levels.scales.size());
  const TensorId scales = Floats(name + "_scales", shape, ToFloats(levels.scales));
  const TensorId divided = Like(y, name + "_divided");
  const TensorId steps = Like(y, name + "_steps");
  nodes_.push_back(MakeNode("Div", graph_.tensor(divided).name, {x, scales}, divided));
  Pair(divided, AffineParams{1.0, levels.zero_points[0], levels.bits}, steps);
  nodes_.push_back(MakeNode("Mul", name + "_scaled", {steps, scales}, y));
}

TensorId QdqBuilder::Dequantized(TensorId integers, const std::string& stem, const std::vector<double>& scales,
                                 const std::vector<int64_t>& zero_points, int axis, TensorId y) {
  const int64_t type = TypeOf(integers);
  const graph::Shape shape = axis < 0 ? graph::Shape{} : graph::Shape{static_cast<int64_t>(scales.size())};
  graph::Node node = MakeNode(OpFor("DequantizeLinear", type), stem + "_DequantizeLinear",
                              {integers, Floats(stem + "_scale", shape, ToFloats(scales)),
                               Integers(stem + "_zero_point", shape, zero_points, type)},
                              y);
  if (axis >= 0) node.attributes["axis"] = int64_t{axis};
  nodes_.push_back(std::move(node));
  return y;
}

TensorId QdqBuilder::Constant(TensorId constant, const AffineParams& params) {
  const std::string name = graph_.tensor(constant).name;
  std::vector<int64_t> levels;
  for (const float value : graph_.tensor(constant).constant->floats) {
    levels.push_back(quantize::QuantizeValue(value, params));
  }
  const TensorId integers =
      Integers(name + "_quantized", graph_.tensor(constant).shape, std::move(levels), UnsignedType(params.bits));
  return Dequantized(integers, name, {params.scale}, {params.zero_point}, -1, Like(constant, name + "_dequantized"));
}

TensorId QdqBuilder::Weights(const graph::Node& node, TensorId original, const quantize::QuantizedWeights& weights) {
  const std::string name = graph_.tensor(original).name;
  const graph::Shape shape = graph_.tensor(original).shape;
  const int axis = weights.format.axis;
  const bool fits = axis < 0 || shape[static_cast<size_t>(axis)] == static_cast<int64_t>(weights.scales().size());
  if (!fits) {
    // Transposed weights of a group have scales that no axis counts.
    const std::vector<double> scales = quantize::WeightScales(node, shape, weights);
    std::vector<float> values;
    for (size_t i = 0; i < scales.size(); ++i) values.push_back(static_cast<float>(scales[i] * weights.values[i]));
    return Floats(name + "_dequantized", shape, std::move(values));
  }
  const TensorId integers = Integers(name + "_quantized", shape, {weights.values.begin(), weights.values.end()},
                                     weights.format.bits > kByte ? graph::kOnnxInt16 : graph::kOnnxInt8);
  return Dequantized(integers, name, weights.scales(), std::vector<int64_t>(weights.scales().size(), 0), axis,
                     Like(original, name + "_dequantized"));
}

TensorId QdqBuilder::Bias(const graph::Node& node, const quantize::QuantizedWeights& weights,
                          const TensorFormat& input) {
  const std::string stem = node.name + "_bias";
  const graph::Shape shape{static_cast<int64_t>(weights.bias.size())};
  const std::vector<double> input_scales = quantize::InputScales(input, weights.bias.size());
  std::vector<double> scales;
  for (size_t i = 0; i < weights.bias.size(); ++i) {
    scales.push_back(input_scales[i] * weights.scales()[weights.scales().size() == 1 ? 0 : i]);
  }
  const bool narrow = input.bits <= kByte && weights.format.bits <= kByte &&
                      std::all_of(weights.bias.begin(), weights.bias.end(),
                                  [](int64_t value) { return std::abs(value) <= std::numeric_limits<int32_t>::max(); });
  if (!narrow) {
    std::vector<float> values;
    for (size_t i = 0; i < scales.size(); ++i) {
      values.push_back(static_cast<float>(scales[i] * static_cast<double>(weights.bias[i])));
    }
    return Floats(stem, shape, std::move(values));
  }
  const TensorId integers = Integers(stem + "_quantized", shape, weights.bias, kOnnxInt32);
  return Dequantized(integers, stem, scales, std::vector<int64_t>(scales.size(), 0), 0,
                     graph_.AddTensor({graph_.UniqueName(stem), ElementType::kFloat, shape, std::nullopt}));
}

}  // namespace lockstep::qdq
