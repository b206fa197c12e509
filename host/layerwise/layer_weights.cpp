#include "layerwise/layer_weights.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/reference/convolution.h"
#include "engine/reference/weights.h"
#include "judge/written_tensors.h"
#include "quantize/channel_order.h"
#include "quantize/operator_classes.h"

namespace lockstep::layerwise {
namespace {

// What the options of every integer layer with weights have.
struct Products {
  std::vector<int32_t> weights;  // (oc, ky, kx, ic of a group), ky and kx as they lie
  std::vector<int64_t> starts;   // by output channel, of the taps at multiples of the strides below
  std::vector<double> multipliers;
  int stride_h = 1, stride_w = 1;
  int32_t zero_point = 0;  // in front of the table
  int32_t high = 0;
};

template <typename Options>
Products ReadOptions(const Options& options, std::vector<int32_t> weights) {
  Products products;
  products.weights = std::move(weights);
  for (uint32_t i = 0; i < options.multiplier()->size(); ++i) {
    products.multipliers.push_back(options.multiplier()->Get(i) * std::exp2(-31 - options.shift()->Get(i)));
  }
  products.starts = engine::StartsOf(options);
  products.starts.resize(products.multipliers.size());  // of a ConvTranspose: those of the first phase
  products.zero_point = options.mid_zero_point();
  products.high = options.clamp_high();
  return products;
}

std::optional<Products> ReadLayer(const engine::LayerRun& run) {
  const joint::Layer& layer = *run.layer;
  switch (layer.options_type()) {
    case joint::Options::Conv:
      return ReadOptions(*layer.options_as_Conv(), engine::ConvWeights(run));
    case joint::Options::DepthwiseConv:
      return ReadOptions(*layer.options_as_DepthwiseConv(), engine::DepthwiseConvWeights(run));
    case joint::Options::ConvTranspose: {
      Products products = ReadOptions(*layer.options_as_ConvTranspose(), engine::ConvTransposeWeights(run));
      products.stride_h = layer.options_as_ConvTranspose()->stride_h();
      products.stride_w = layer.options_as_ConvTranspose()->stride_w();
      return products;
    }
    default:
      return std::nullopt;
  }
}

bool HasWeights(joint::Options type) {
  return type == joint::Options::Conv || type == joint::Options::DepthwiseConv || type == joint::Options::ConvTranspose;
}

}  // namespace

std::optional<LayerWeights> ReadWeights(const joint::Model& model, const joint::Layer& layer, const graph::Graph& graph,
                                        const graph::Node& node) {
  engine::LayerRun run = engine::DescribeRun(model, layer);
  const int operand = quantize::TraitsOf(node).weights;
  if (operand < 0 || !HasWeights(layer.options_type()) || run.y().dtype() == joint::DType::F32) return std::nullopt;
  run.inputs[1] = engine::ConstantOperand(model, layer.inputs()->Get(1));
  const auto x = judge::LevelsOf(run.x());
  const std::optional<Products> products = ReadLayer(run);
  if (!products || !x) return std::nullopt;

  const joint::Tensor& kernel = *run.inputs[1].tensor;
  const auto& scales = *kernel.quantization()->scale();
  LayerWeights result;
  quantize::QuantizedWeights& weights = result.weights;
  weights.format = quantize::TensorFormat::Weights(kernel.quantization()->bits(), {scales.begin(), scales.end()},
                                                   scales.size() > 1 ? quantize::TraitsOf(node).weights_axis : -1);
  weights.values.resize(products->weights.size());
  weights.bias = products->starts;
  const auto stride_h = static_cast<size_t>(products->stride_h);
  const auto stride_w = static_cast<size_t>(products->stride_w);
  const bool swapped = kernel.axes() != nullptr && kernel.axes()->Get(1) == 3;  // the width in front
  const graph::Shape& shape = graph.tensor(node.inputs.at(static_cast<size_t>(operand))).shape;
  const quantize::ChannelOrder order = quantize::OrderByChannel(node, shape);  // of a channel: ic, height, width
  const auto height = static_cast<size_t>(shape[2]);
  const auto width = static_cast<size_t>(shape[3]);
  const size_t taps = height * width;
  size_t next = 0;
  for (size_t oc = 0; oc < order.channels; ++oc) {
    int64_t sum = 0;  // that the start has of the zero point
    for (size_t a = 0; a < (swapped ? width : height); ++a) {
      for (size_t b = 0; b < (swapped ? height : width); ++b) {
        const bool counts = a % stride_h == 0 && b % stride_w == 0;
        const size_t tap = swapped ? b * width + a : a * width + b;
        for (size_t ic = 0; ic < order.per_channel() / taps; ++ic) {
          const int32_t value = products->weights[next++];
          weights.values[order.places[oc * order.per_channel() + ic * taps + tap]] = static_cast<int16_t>(value);
          if (counts) sum += value;
        }
      }
    }
    weights.bias[oc] += x->zero_points[0] * sum;
  }
  // The largest multiplier was not cut off at either end of what multipliers can be.
  const auto largest = std::max_element(products->multipliers.begin(), products->multipliers.end());
  const auto channel = static_cast<size_t>(largest - products->multipliers.begin());
  const double scale = weights.scales()[weights.scales().size() == 1 ? 0 : channel];
  const double x_scale = quantize::InputScales(*x, products->multipliers.size())[channel];
  result.before = {x_scale * scale / *largest, products->zero_point,
                   static_cast<int>(std::ceil(std::log2(products->high + 1.0)))};
  return result;
}

}  // namespace lockstep::layerwise
