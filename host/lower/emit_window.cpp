// Operators that walk over an image: Conv, MaxPool, AveragePool, Resize.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "graph/error.h"
#include "graph/resize.h"
#include "lower/layer_emitter.h"
#include "lower/weight_packing.h"

namespace lockstep::lower {
namespace {

// The attributes of a window in the physical order of the image's two spatial axes.
struct Window {
  int32_t stride[2] = {1, 1};
  int32_t dilation[2] = {1, 1};
  int32_t before[2] = {0, 0};
  int32_t after[2] = {0, 0};
};

bool IsSwapped(const Axes& axes) { return axes == Axes{0, 3, 2, 1}; }

// ONNX allows an output extent that leaves input unread or, with ceil_mode, reaches past the padding. The joint model
// wants paddings for which the extent follows from the floor formula.
int32_t PaddingAfter(int64_t in, int64_t out, int64_t extent, int64_t stride, int64_t before, int64_t after) {
  return static_cast<int32_t>(std::max(after, (out - 1) * stride + extent - in - before));
}

Window ReadWindow(const graph::Node& node, const graph::Shape& in, const graph::Shape& out, int64_t kernel_h,
                  int64_t kernel_w, bool swapped) {
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  if (auto_pad != "NOTSET" && auto_pad != "VALID") {
    throw UnsupportedModel("auto_pad " + auto_pad + " was not resolved to pads");
  }
  const std::vector<int64_t> strides = node.Ints("strides", {1, 1});
  const std::vector<int64_t> dilations = node.Ints("dilations", {1, 1});
  const std::vector<int64_t> pads = node.Ints("pads", {0, 0, 0, 0});
  const int64_t kernel[2] = {kernel_h, kernel_w};
  Window window;
  for (int axis = 0; axis < 2; ++axis) {
    const int place = swapped ? 1 - axis : axis;
    const int64_t extent = (kernel[axis] - 1) * dilations[axis] + 1;
    window.stride[place] = static_cast<int32_t>(strides[axis]);
    window.dilation[place] = static_cast<int32_t>(dilations[axis]);
    window.before[place] = static_cast<int32_t>(pads[axis]);
    window.after[place] = PaddingAfter(in[axis + 2], out[axis + 2], extent, strides[axis], pads[axis], pads[axis + 2]);
  }
  return window;
}

template <typename Options>
void SetPaddings(const Window& window, Options& options) {
  options.stride_h = window.stride[0];
  options.stride_w = window.stride[1];
  options.pad_top = window.before[0];
  options.pad_left = window.before[1];
  options.pad_bottom = window.after[0];
  options.pad_right = window.after[1];
}

// The window of a pool. `swapped`: the image lies with its width first.
template <typename Options>
Options PoolWindow(const graph::Node& node, const graph::Shape& in, const graph::Shape& out, bool swapped) {
  if (in.size() != 4) throw UnsupportedModel("only pooling over images (rank 4) is supported");
  const std::vector<int64_t> kernel = node.Ints("kernel_shape", {});
  if (kernel.size() != 2) throw UnsupportedModel("kernel_shape must have two entries");
  const Window window = ReadWindow(node, in, out, kernel[0], kernel[1], swapped);
  if (window.dilation[0] != 1 || window.dilation[1] != 1) throw UnsupportedModel("dilated pooling is not supported");
  Options pool;
  SetPaddings(window, pool);
  pool.kernel_h = static_cast<int32_t>(kernel[swapped ? 1 : 0]);
  pool.kernel_w = static_cast<int32_t>(kernel[swapped ? 0 : 1]);
  return pool;
}

// What the sums of a convolution start from, and what they are multiplied with.
struct ConvArithmetic {
  std::vector<int32_t> acc_init;
  std::vector<int32_t> weight_sum;
  std::vector<int32_t> multiplier;
  std::vector<int8_t> shift;
  bool fits_32_bits = true;
};

ConvArithmetic ComputeArithmetic(const quantize::QuantizedWeights& weights, const AffineParams& x,
                                 const AffineParams& mid) {
  ConvArithmetic result;
  const size_t channels = weights.scales.size();
  const size_t taps = weights.values.size() / channels;
  for (size_t oc = 0; oc < channels; ++oc) {
    int64_t sum = 0;
    int64_t magnitude = 0;
    for (size_t i = oc * taps; i < (oc + 1) * taps; ++i) {
      sum += weights.values[i];
      magnitude += std::abs(weights.values[i]);
    }
    const int64_t init = weights.bias[oc] - x.zero_point * sum;
    if (init != static_cast<int32_t>(init)) {
      throw UnsupportedModel("the bias of channel " + std::to_string(oc) + " does not fit 32 bits");
    }
    const FixedMultiplier fixed = ToFixed(x.scale * weights.scales[oc] / mid.scale);
    result.acc_init.push_back(static_cast<int32_t>(init));
    result.weight_sum.push_back(static_cast<int32_t>(sum));
    result.multiplier.push_back(fixed.m);
    result.shift.push_back(static_cast<int8_t>(fixed.s));
    // No partial sum in any order can be larger, nor can one of a kernel that works on x - 128.
    result.fits_32_bits = result.fits_32_bits && std::abs(init) + 255 * magnitude < int64_t{1} << 31;
  }
  return result;
}

template <typename Options>
void SetArithmetic(const ConvArithmetic& arithmetic, const Window& window, Options& options) {
  SetPaddings(window, options);
  options.dilation_h = window.dilation[0];
  options.dilation_w = window.dilation[1];
  options.acc_init = arithmetic.acc_init;
  options.multiplier = arithmetic.multiplier;
  options.shift = arithmetic.shift;
}

}  // namespace

void LayerEmitter::EmitConv(const Node& node) {
  const Value x = IntegerInput(node, 0);
  if (x.shape.size() != 4) throw UnsupportedModel("only convolutions over images (rank 4) are supported");
  if (x.params.bits > 8) throw UnsupportedModel("its input has more than 8 bits; quantise it to 8");
  const auto found = quantized_.weights.find(node.name);
  if (found == quantized_.weights.end()) throw UnsupportedModel("its weights were not quantised");
  const quantize::QuantizedWeights& weights = found->second;
  const graph::Shape& w = graph_.tensor(node.inputs.at(1)).shape;
  const graph::Shape& out = OutputShape(node);

  const AffineParams y = ParamsOf(node.outputs[0]);
  int32_t low = 0;
  int32_t high = 0;
  const bool clamped = AsClamp(node.activation, y, &low, &high);
  const AffineParams mid = clamped ? y : ParamsOf(node.pre_activation);
  std::vector<uint8_t> table;
  if (!clamped) {
    if (mid.bits > 8) throw UnsupportedModel("the value before its activation has more than 8 bits; quantise it to 8");
    high = mid.high();
    table = ToBytes(FunctionTable([&](double real) { return graph::Evaluate(node.activation, real); }, mid, y), y);
  }

  const bool swapped = IsSwapped(x.axes);
  const int64_t groups = node.Int("group", 1);
  const Window window = ReadWindow(node, x.shape, out, w[2], w[3], swapped);
  WeightShape shape{w[0], w[1], w[2], w[3], groups, window.dilation[1]};
  std::vector<int8_t> values = weights.values;
  if (swapped) {
    values = SwapSpatial(values, shape);
    std::swap(shape.kh, shape.kw);
  }
  const ConvArithmetic arithmetic = ComputeArithmetic(weights, x.params, mid);
  const Value result = draft_.AddActivation(OutputName(node), out, OutputAxes(node), y);
  const uint64_t macs = static_cast<uint64_t>(graph::ElementCount(out) * w[1] * w[2] * w[3]);
  const std::string& name = graph_.tensor(node.inputs[1]).name;
  const auto finish = [&](auto options) {
    SetArithmetic(arithmetic, window, options);
    options.mid_zero_point = mid.zero_point;
    options.clamp_low = low;
    options.clamp_high = high;
    options.table = table;
    draft_.AddLayer(Stem(node), std::move(options), {x.tensor}, result.tensor, Origin(node), macs);
  };
  if (groups > 1 && groups == w[0] && w[1] == 1 && arithmetic.fits_32_bits) {
    joint::DepthwiseConvT options;
    options.weights = draft_.AddWeights(name, w, swapped ? Axes{1, 3, 2, 0} : Axes{1, 2, 3, 0}, joint::Packing::Plain,
                                        PackDepthwise(values, shape), weights.scales);
    finish(std::move(options));
  } else {
    joint::ConvT options;
    options.weights = draft_.AddWeights(name, w, swapped ? Axes{0, 3, 2, 1} : Axes{0, 2, 3, 1}, joint::Packing::O16I4,
                                        PackO16I4(values, shape), weights.scales);
    options.groups = static_cast<int32_t>(groups);
    options.weight_sum = arithmetic.weight_sum;
    options.acc_bits = arithmetic.fits_32_bits ? 32 : 64;
    finish(std::move(options));
  }
  Define(node, 0, result);
}

void LayerEmitter::EmitMaxPool(const Node& node) {
  const Value x = IntegerInput(node, 0);
  if (node.outputs.size() > 1) throw UnsupportedModel("its output of indices is not supported");
  const auto pool = PoolWindow<joint::MaxPoolT>(node, x.shape, OutputShape(node), IsSwapped(x.axes));
  const Value result = draft_.AddActivation(OutputName(node), OutputShape(node), OutputAxes(node), x.params);
  draft_.AddLayer(Stem(node), pool, {x.tensor}, result.tensor, Origin(node));
  Define(node, 0, result);
}

void LayerEmitter::EmitAveragePool(const Node& node) {
  const Value x = IntegerInput(node, 0);
  auto pool = PoolWindow<joint::AveragePoolT>(node, x.shape, OutputShape(node), IsSwapped(x.axes));
  const bool counts_padding = node.Int("count_include_pad", 0) != 0;
  if (counts_padding && node.Int("ceil_mode", 0) != 0) {
    throw UnsupportedModel("count_include_pad together with ceil_mode is not supported");
  }
  const int64_t window = int64_t{pool.kernel_h} * pool.kernel_w;
  if (window * (x.params.bits > 8 ? 65535 : 255) >= int64_t{1} << 31) {
    throw UnsupportedModel("the sum of " + std::to_string(window) + " elements of its input does not fit 32 bits");
  }
  // Every window has one divisor, or each has the number of its elements in the input.
  const bool padded = pool.pad_top > 0 || pool.pad_left > 0 || pool.pad_bottom > 0 || pool.pad_right > 0;
  const AffineParams y = ParamsOf(node.outputs[0]);
  for (int64_t count = padded && !counts_padding ? 1 : window; count <= window; ++count) {
    const FixedMultiplier fixed = ToFixed(x.params.scale / (y.scale * static_cast<double>(count)));
    pool.multiplier.push_back(fixed.m);
    pool.shift.push_back(static_cast<int8_t>(fixed.s));
  }
  pool.clamp_high = y.high();
  const Value result = draft_.AddActivation(OutputName(node), OutputShape(node), OutputAxes(node), y);
  draft_.AddLayer(Stem(node), std::move(pool), {x.tensor}, result.tensor, Origin(node));
  Define(node, 0, result);
}

void LayerEmitter::EmitResize(const Node& node) {
  Value x = IntegerInput(node, 0);
  const graph::Shape& out = OutputShape(node);
  if (x.shape.size() != 4 || out[0] != x.shape[0] || out[1] != x.shape[1]) {
    throw UnsupportedModel("only the height and width of an image (rank 4) can be resized");
  }
  // On the smaller side of an enlargement.
  x = Rescale(node, x, ParamsOr(node.outputs[0], x.params));
  const std::vector<std::vector<int64_t>> sources = graph::NearestSources(graph_, node);
  std::vector<int32_t> indices[2];
  for (size_t axis = 0; axis < 2; ++axis) indices[axis].assign(sources[axis + 2].begin(), sources[axis + 2].end());
  if (IsSwapped(x.axes)) std::swap(indices[0], indices[1]);
  joint::ResizeT resize;
  resize.rows = indices[0];
  resize.columns = indices[1];
  const Value result = draft_.AddActivation(OutputName(node), out, OutputAxes(node), x.params);
  draft_.AddLayer(Stem(node), std::move(resize), {x.tensor}, result.tensor, Origin(node));
  Define(node, 0, result);
}

}  // namespace lockstep::lower
