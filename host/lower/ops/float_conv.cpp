#include "graph/error.h"
#include "lower/ops/emitters.h"
#include "lower/ops/float_activation.h"
#include "lower/ops/window.h"
#include "lower/weight_packing.h"

namespace lockstep::lower {

void EmitFloatConv(LowerContext& context) {
  const graph::Node& node = context.node();
  const Value x = context.FloatInput(0);
  if (x.shape.size() != 4) throw UnsupportedModel("only convolutions over images (rank 4) are supported");
  if (!context.IsConstant(1)) throw UnsupportedModel("its weights are not constant");
  const graph::Tensor& kernel = context.graph().tensor(node.inputs.at(1));
  const graph::Shape& w = kernel.shape;
  const graph::Shape& out = context.OutputShape();
  const bool swapped = IsSwapped(x.axes);
  const int64_t groups = node.Int("group", 1);
  const Window window = ReadWindow(node, x.shape, out, w[2], w[3], swapped);
  WeightShape shape{w[0], w[1], w[2], w[3], groups, window.dilation[1]};
  std::vector<float> values = context.Floats(1);
  if (swapped) {
    values = SwapSpatial(values, shape);
    std::swap(shape.kh, shape.kw);
  }
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != graph::kNoTensor;
  const std::vector<float> bias = has_bias ? context.Floats(2) : std::vector<float>(static_cast<size_t>(w[0]), 0.0F);
  const std::string bias_name = has_bias ? context.graph().tensor(node.inputs[2]).name : kernel.name + "/bias";
  const Value start = context.draft().AddConstant(bias_name, {w[0]}, OnnxOrder(1), TensorFormat(), ToBytes(bias));
  const Value result = AddFloatResult(context);
  const auto macs = static_cast<uint64_t>(graph::ElementCount(out) * w[1] * w[2] * w[3]);
  const auto finish = [&](auto options, int32_t weights) {
    SetPaddings(window, options);
    options.dilation_h = window.dilation[0];
    options.dilation_w = window.dilation[1];
    context.AddLayer(std::move(options), {x.tensor, weights, start.tensor}, result.tensor, macs);
  };
  if (groups > 1 && groups == w[0] && w[1] == 1) {
    finish(joint::DepthwiseConvT(),
           context.draft().AddWeights(kernel.name, w, swapped ? Axes{1, 3, 2, 0} : Axes{1, 2, 3, 0},
                                      joint::Packing::Plain, TensorFormat(), ToBytes(PackDepthwise(values, shape))));
  } else {
    joint::ConvT options;
    options.groups = static_cast<int32_t>(groups);
    finish(std::move(options),
           context.draft().AddWeights(kernel.name, w, swapped ? Axes{0, 3, 2, 1} : Axes{0, 2, 3, 1},
                                      joint::Packing::O16, TensorFormat(), ToBytes(PackO16(values, shape))));
  }
  FinishFloat(context, result);
}

}  // namespace lockstep::lower
