#include "graph/error.h"
#include "lower/ops/conv_arithmetic.h"
#include "lower/ops/emitters.h"
#include "lower/ops/fused_activation.h"
#include "lower/ops/window.h"
#include "lower/weight_packing.h"

namespace lockstep::lower {
namespace {

template <typename Options>
void SetArithmetic(const ConvArithmetic& arithmetic, const Window& window, Options& options) {
  SetPaddings(window, options);
  options.dilation_h = window.dilation[0];
  options.dilation_w = window.dilation[1];
  SetSums(arithmetic.acc_init, arithmetic.fits_32_bits, options);
  options.multiplier = arithmetic.multiplier;
  options.shift = arithmetic.shift;
}

}  // namespace

void EmitConv(LowerContext& context) {
  const graph::Node& node = context.node();
  const Value x = context.IntegerInput(0);
  if (x.shape.size() != 4) throw UnsupportedModel("only convolutions over images (rank 4) are supported");
  const quantize::QuantizedWeights& weights = context.Weights(1);
  const graph::Tensor& kernel = context.graph().tensor(node.inputs.at(1));
  const graph::Shape& w = kernel.shape;
  const graph::Shape& out = context.OutputShape();
  const Activated output = ActivatedOutput(context);
  std::vector<uint8_t> table;
  if (!output.clamped && !output.separate) table = ActivationTable(context, node.activation, output.levels);

  const bool swapped = IsSwapped(x.axes);
  const int64_t groups = node.Int("group", 1);
  const Window window = ReadWindow(node, x.shape, out, w[2], w[3], swapped);
  WeightShape shape{w[0], w[1], w[2], w[3], groups, window.dilation[1]};
  const bool wide_weights = weights.format.type == quantize::NumberType::kS16;
  std::vector<int16_t> values = weights.values;
  if (swapped) {
    values = SwapSpatial(values, shape);
    std::swap(shape.kh, shape.kw);
  }
  const ConvArithmetic arithmetic = ComputeArithmetic(weights, values, x.format, output.levels);
  const Value result = AddSum(context, output);
  const auto macs = static_cast<uint64_t>(graph::ElementCount(out) * w[1] * w[2] * w[3]);
  const auto finish = [&](auto options, int32_t weights_tensor) {
    SetArithmetic(arithmetic, window, options);
    options.mid_zero_point = output.params.zero_point;
    options.clamp_low = output.low;
    options.clamp_high = output.high;
    options.table = table;
    context.AddLayer(std::move(options), {x.tensor, weights_tensor}, result.tensor, macs);
  };
  const bool wide = wide_weights || x.format.bits > 8;
  if (groups > 1 && groups == w[0] && w[1] == 1 && (arithmetic.fits_32_bits || wide)) {
    finish(
        joint::DepthwiseConvT(),
        context.draft().AddWeights(kernel.name, w, swapped ? Axes{1, 3, 2, 0} : Axes{1, 2, 3, 0}, joint::Packing::Plain,
                                   weights.format, ToBytes(PackDepthwise(values, shape), wide_weights)));
  } else {
    joint::ConvT options;
    options.groups = static_cast<int32_t>(groups);
    options.weight_sum = arithmetic.weight_sum;
    options.weight_sum.insert(options.weight_sum.end(), arithmetic.low_weight_sum.begin(),
                              arithmetic.low_weight_sum.end());
    PackedWeights packed;
    packed.Append(values, shape, wide_weights);
    finish(std::move(options), context.draft().AddWeights(kernel.name, w, swapped ? Axes{0, 3, 2, 1} : Axes{0, 2, 3, 1},
                                                          joint::Packing::O16I4, weights.format, packed.Bytes()));
  }
  DefineSum(context, output, result);
}

}  // namespace lockstep::lower
