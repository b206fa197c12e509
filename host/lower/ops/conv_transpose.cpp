#include "graph/error.h"
#include "lower/ops/conv_arithmetic.h"
#include "lower/ops/emitters.h"
#include "lower/ops/float_activation.h"
#include "lower/ops/fused_activation.h"
#include "lower/ops/transposed_weights.h"
#include "lower/ops/window.h"

namespace lockstep::lower {
namespace {

// What both forms read of the node: attributes and the kernel's shape, in the physical order of the image's axes.
struct Geometry {
  bool swapped = false;
  WeightShape onnx;   // the kernel as the ONNX file has it
  WeightShape shape;  // as it lies
  int32_t stride[2] = {1, 1};
  int32_t before[2] = {0, 0};
  uint64_t macs = 0;

  graph::Shape KernelShape() const { return {onnx.oc, onnx.ic, onnx.kh, onnx.kw}; }
  Axes KernelAxes() const { return swapped ? Axes{0, 3, 2, 1} : Axes{0, 2, 3, 1}; }
};

Geometry Read(const LowerContext& context, const Value& x) {
  if (x.shape.size() != 4) throw UnsupportedModel("only convolutions over images (rank 4) are supported");
  const graph::Node& node = context.node();
  const graph::Shape& w = context.graph().tensor(node.inputs.at(1)).shape;
  const std::vector<int64_t> strides = node.Ints("strides", {1, 1});
  const std::vector<int64_t> pads = node.Ints("pads", {0, 0, 0, 0});
  Geometry geometry;
  geometry.swapped = IsSwapped(x.axes);
  const int64_t groups = node.Int("group", 1);
  geometry.onnx = {w[1] * groups, w[0] / groups, w[2], w[3], groups, 1};
  geometry.shape = geometry.onnx;
  for (int axis = 0; axis < 2; ++axis) {
    const int place = geometry.swapped ? 1 - axis : axis;
    geometry.stride[place] = static_cast<int32_t>(strides[static_cast<size_t>(axis)]);
    geometry.before[place] = static_cast<int32_t>(pads[static_cast<size_t>(axis)]);
  }
  if (geometry.swapped) std::swap(geometry.shape.kh, geometry.shape.kw);
  geometry.macs = static_cast<uint64_t>(graph::ElementCount(x.shape) * w[1] * w[2] * w[3]);
  return geometry;
}

template <typename Weight>
std::vector<Weight> InPlace(const std::vector<Weight>& weights, const Geometry& geometry) {
  std::vector<Weight> values = AsConvolution(weights, geometry.onnx);
  return geometry.swapped ? SwapSpatial(values, geometry.onnx) : values;
}

joint::ConvTransposeT OptionsOf(const Geometry& geometry) {
  joint::ConvTransposeT options;
  options.groups = static_cast<int32_t>(geometry.onnx.groups);
  options.stride_h = geometry.stride[0];
  options.stride_w = geometry.stride[1];
  options.pad_top = geometry.before[0];
  options.pad_left = geometry.before[1];
  return options;
}

}  // namespace

void EmitConvTranspose(LowerContext& context) {
  const Value x = context.IntegerInput(0);
  const Geometry geometry = Read(context, x);
  const quantize::QuantizedWeights& weights = context.Weights(1);
  const bool wide = weights.format.type == quantize::NumberType::kS16;
  const Activated output = ActivatedOutput(context);
  joint::ConvTransposeT options = OptionsOf(geometry);
  options.mid_zero_point = output.params.zero_point;
  options.clamp_low = output.low;
  options.clamp_high = output.high;
  if (!output.clamped && !output.separate) {
    options.table = ActivationTable(context, context.node().activation, output.levels);
  }

  const std::vector<int16_t> values = InPlace(weights.values, geometry);
  PackedWeights packed;
  std::vector<int64_t> acc_init;
  std::vector<int32_t> low_weight_sum;
  bool fits_32_bits = true;
  for (int32_t row = 0; row < geometry.stride[0]; ++row) {
    for (int32_t column = 0; column < geometry.stride[1]; ++column) {
      const auto [taps, shape] = PhaseOf(values, geometry.shape, geometry.stride, row, column);
      const ConvArithmetic arithmetic = ComputeArithmetic(weights, taps, x.format, output.levels);
      packed.Append(taps, shape, wide);
      acc_init.insert(acc_init.end(), arithmetic.acc_init.begin(), arithmetic.acc_init.end());
      low_weight_sum.insert(low_weight_sum.end(), arithmetic.low_weight_sum.begin(), arithmetic.low_weight_sum.end());
      options.weight_sum.insert(options.weight_sum.end(), arithmetic.weight_sum.begin(), arithmetic.weight_sum.end());
      options.multiplier = arithmetic.multiplier;
      options.shift = arithmetic.shift;
      fits_32_bits = fits_32_bits && arithmetic.fits_32_bits;
    }
  }
  options.weight_sum.insert(options.weight_sum.end(), low_weight_sum.begin(), low_weight_sum.end());
  SetSums(acc_init, fits_32_bits, options);
  TensorFormat format = weights.format;
  if (format.axis >= 0) format.axis = 0;  // of the convolution's order
  const Value result = AddSum(context, output);
  const int32_t kernel =
      context.draft().AddWeights(context.graph().tensor(context.node().inputs[1]).name, geometry.KernelShape(),
                                 geometry.KernelAxes(), joint::Packing::O16I4, format, packed.Bytes());
  context.AddLayer(std::move(options), {x.tensor, kernel}, result.tensor, geometry.macs);
  DefineSum(context, output, result);
}

void EmitFloatConvTranspose(LowerContext& context) {
  const Value x = context.FloatInput(0);
  const Geometry geometry = Read(context, x);
  const graph::Node& node = context.node();
  const std::string name = context.graph().tensor(node.inputs[1]).name;
  const int32_t kernel = context.draft().AddWeights(
      name, geometry.KernelShape(), geometry.KernelAxes(), joint::Packing::O16, TensorFormat(),
      ToBytes(PackO16(InPlace(context.Floats(1), geometry), geometry.shape)));
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != graph::kNoTensor;
  const auto channels = static_cast<size_t>(geometry.onnx.oc);
  const Value bias = context.draft().AddConstant(
      has_bias ? context.graph().tensor(node.inputs[2]).name : name + "/bias", {geometry.onnx.oc}, OnnxOrder(1),
      TensorFormat(), ToBytes(has_bias ? context.Floats(2) : std::vector<float>(channels, 0.0F)));
  const Value result = AddFloatResult(context);
  context.AddLayer(OptionsOf(geometry), {x.tensor, kernel, bias.tensor}, result.tensor, geometry.macs);
  FinishFloat(context, result);
}

}  // namespace lockstep::lower
