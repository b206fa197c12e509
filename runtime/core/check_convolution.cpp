// Conv, DepthwiseConv and the pools: shapes, windows and requantisation. The weights have check_weights.cpp.
#include "core/layer_check.h"
#include "lockstep/arithmetic.h"

namespace lockstep::check {
namespace {

constexpr int64_t kMaxWindowElements = int64_t{1} << 28;
constexpr int64_t kMaxSum = (int64_t{1} << 31) - 1;

struct Axis {
  const char* kernel_field;
  const char* stride_field;
  const char* dilation_field;
  const char* pad_before_field;
  const char* pad_after_field;
  int axis;
};

constexpr Axis kHeight = {"kernel_h", "stride_h", "dilation_h", "pad_top", "pad_bottom", 1};
constexpr Axis kWidth = {"kernel_w", "stride_w", "dilation_w", "pad_left", "pad_right", 2};

// Whether a window may lie in the padding alone: to a convolution padding is zeros, a pool leaves it out.
enum class WindowInPadding { kAllowed, kRefused };

// One axis of a window: output extent = floor((input + pads - window) / stride) + 1.
Status CheckAxis(const LayerCheck& layer, const Axis& names, int64_t kernel, int64_t stride, int64_t dilation,
                 int64_t pad_before, int64_t pad_after, WindowInPadding in_padding) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange(names.kernel_field, kernel, 1, kMaxExtent));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange(names.stride_field, stride, 1, kMaxExtent));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange(names.dilation_field, dilation, 1, kMaxExtent));
  const int64_t window = dilation * (kernel - 1) + 1;
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange(names.dilation_field, window, 1, kMaxExtent));
  const int64_t most = in_padding == WindowInPadding::kAllowed ? kMaxExtent : window - 1;
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange(names.pad_before_field, pad_before, 0, most));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange(names.pad_after_field, pad_after, 0, most));
  const int64_t padded = Shape(layer.input(0))[names.axis] + pad_before + pad_after;
  if (padded < window || (padded - window) / stride + 1 != Shape(layer.output())[names.axis]) {
    return layer.Wrong("shape", names.axis == 1 ? "the output's height is not what the window and the pads make"
                                                : "the output's width is not what the window and the pads make");
  }
  return Status::Ok();
}

// Both axes, and bounds on the padded rows: how many a kernel may want to hold at once, and how often it may read them.
template <typename Options>
Status CheckWindow(LayerCheck& layer, const Options& o, int64_t kernel_h, int64_t kernel_w, int64_t dilation_h,
                   int64_t dilation_w, WindowInPadding in_padding) {
  LOCKSTEP_RETURN_IF_ERROR(
      CheckAxis(layer, kHeight, kernel_h, o.stride_h(), dilation_h, o.pad_top(), o.pad_bottom(), in_padding));
  LOCKSTEP_RETURN_IF_ERROR(
      CheckAxis(layer, kWidth, kernel_w, o.stride_w(), dilation_w, o.pad_left(), o.pad_right(), in_padding));
  const int32_t* x = Shape(layer.input(0));
  const int64_t row = (int64_t{x[2]} + o.pad_left() + o.pad_right()) * x[3];  // below 2^51
  const int64_t rows = dilation_h * (kernel_h - 1) + 1;
  if (row > kMaxWindowElements || row * rows > kMaxWindowElements) {
    return layer.Wrong("kernel_h", "the rows of one window are too large");
  }
  // Rows are read whole, padding and all, however few pixels a large stride makes of them.
  const int32_t* y = Shape(layer.output());
  return layer.Work(static_cast<uint64_t>(y[0]) * static_cast<uint64_t>(y[1]), static_cast<uint64_t>(row * rows));
}

Status CheckImages(const LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != 4 || Rank(y) != 4) return layer.Wrong("shape", "input and output must have four axes");
  if (Shape(x)[0] != Shape(y)[0]) return layer.Wrong("shape", "input and output must have the same batch");
  return Status::Ok();
}

Status FindWeights(LayerCheck& layer, int32_t index, joint::Packing packing, const joint::Tensor** weights) {
  const auto& tensors = *layer.model().model.tensors();
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("weights", index, 0, static_cast<int64_t>(tensors.size()) - 1));
  const joint::Tensor* tensor = tensors[index];
  if (tensor->constant() < 0 || tensor->dtype() != joint::DType::S8 || tensor->packing() != packing ||
      Rank(*tensor) != 4) {
    return layer.Wrong("weights", "must be a constant of dtype s8 with four axes in the operator's packing");
  }
  *weights = tensor;
  return Status::Ok();
}

// Every pair of multiplier and shift; their lengths are equal.
Status CheckMultipliers(LayerCheck& layer, const flatbuffers::Vector<int32_t>& multiplier,
                        const flatbuffers::Vector<int8_t>& shift) {
  if (!Spend(layer.model(), multiplier.size())) {
    return layer.Wrong("multiplier", "more of them than the file can hold");
  }
  for (uint32_t i = 0; i < multiplier.size(); ++i) {
    LOCKSTEP_RETURN_IF_ERROR(
        layer.InRange("multiplier", i, multiplier.Get(i), rq1::kMinMultiplier, (int64_t{1} << 31) - 1));
    LOCKSTEP_RETURN_IF_ERROR(layer.InRange("shift", i, shift.Get(i), rq1::kMinShift, rq1::kMaxShift));
  }
  return Status::Ok();
}

// The fields that Conv and DepthwiseConv share: requantisation, clamp and table.
template <typename Options>
Status CheckRequantization(LayerCheck& layer, const Options& options) {
  const joint::Tensor& y = layer.output();
  const auto channels = static_cast<uint32_t>(Shape(y)[3]);
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", y));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of acc_init", options.acc_init()->size(), channels, channels));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of multiplier", options.multiplier()->size(), channels, channels));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of shift", options.shift()->size(), channels, channels));
  LOCKSTEP_RETURN_IF_ERROR(CheckMultipliers(layer, *options.multiplier(), *options.shift()));
  const bool table = options.table() != nullptr;
  if (table) LOCKSTEP_RETURN_IF_ERROR(layer.Table(256, *options.table()));
  const int64_t high = table ? 255 : High(y);
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("mid_zero_point", options.mid_zero_point(), 0, high));
  if (!table && options.mid_zero_point() != ZeroPoint(y)) {
    return layer.Wrong("mid_zero_point", "without a table it must be the output's zero point");
  }
  return layer.Clamp(options.clamp_low(), options.clamp_high(), high);
}

}  // namespace

Status CheckConv(LayerCheck& layer) {
  const auto& o = layer.options<joint::Conv>();
  LOCKSTEP_RETURN_IF_ERROR(CheckImages(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("input", x));
  const joint::Tensor* weights = nullptr;
  LOCKSTEP_RETURN_IF_ERROR(FindWeights(layer, o.weights(), joint::Packing::O16I4, &weights));
  const int32_t* w = Shape(*weights);
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("groups", o.groups(), 1, Shape(x)[3]));
  if (w[0] != Shape(y)[3] || w[0] % o.groups() != 0 || static_cast<int64_t>(w[3]) * o.groups() != Shape(x)[3]) {
    return layer.Wrong("groups", "the channels of input, weights and output do not fit together");
  }
  LOCKSTEP_RETURN_IF_ERROR(
      CheckWindow(layer, o, w[1], w[2], o.dilation_h(), o.dilation_w(), WindowInPadding::kAllowed));
  LOCKSTEP_RETURN_IF_ERROR(CheckRequantization(layer, o));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of weight_sum", o.weight_sum()->size(), w[0], w[0]));
  if (o.acc_bits() != 32 && o.acc_bits() != 64) return layer.Wrong("acc_bits", "must be 32 or 64");
  LOCKSTEP_RETURN_IF_ERROR(layer.Work(Elements(y), static_cast<uint64_t>(Elements(*weights) / w[0])));
  return CheckPackedWeights(layer, o, *weights);
}

Status CheckDepthwiseConv(LayerCheck& layer) {
  const auto& o = layer.options<joint::DepthwiseConv>();
  LOCKSTEP_RETURN_IF_ERROR(CheckImages(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("input", x));
  const joint::Tensor* weights = nullptr;
  LOCKSTEP_RETURN_IF_ERROR(FindWeights(layer, o.weights(), joint::Packing::Plain, &weights));
  const int32_t* w = Shape(*weights);
  if (w[0] != 1 || w[3] != Shape(x)[3] || w[3] != Shape(y)[3]) {
    return layer.Wrong("weights", "must have the shape 1, height, width, channels of input and output");
  }
  LOCKSTEP_RETURN_IF_ERROR(
      CheckWindow(layer, o, w[1], w[2], o.dilation_h(), o.dilation_w(), WindowInPadding::kAllowed));
  LOCKSTEP_RETURN_IF_ERROR(CheckRequantization(layer, o));
  LOCKSTEP_RETURN_IF_ERROR(layer.Work(Elements(y), static_cast<uint64_t>(w[1]) * w[2]));
  return CheckPlainWeights(layer, o, *weights);
}

Status CheckMaxPool(LayerCheck& layer) {
  const auto& o = layer.options<joint::MaxPool>();
  LOCKSTEP_RETURN_IF_ERROR(CheckImages(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_ERROR(layer.SameValues(x, y));
  if (Shape(x)[3] != Shape(y)[3]) return layer.Wrong("shape", "input and output must have the same channels");
  LOCKSTEP_RETURN_IF_ERROR(CheckWindow(layer, o, o.kernel_h(), o.kernel_w(), 1, 1, WindowInPadding::kRefused));
  return layer.Work(Elements(y), static_cast<uint64_t>(o.kernel_h()) * static_cast<uint64_t>(o.kernel_w()));
}

Status CheckAveragePool(LayerCheck& layer) {
  const auto& o = layer.options<joint::AveragePool>();
  LOCKSTEP_RETURN_IF_ERROR(CheckImages(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", y));
  if (Shape(x)[3] != Shape(y)[3]) return layer.Wrong("shape", "input and output must have the same channels");
  LOCKSTEP_RETURN_IF_ERROR(CheckWindow(layer, o, o.kernel_h(), o.kernel_w(), 1, 1, WindowInPadding::kRefused));
  // Neither the sum of x over a window nor that of x - zero_point can leave 32 bits.
  const int64_t window = int64_t{o.kernel_h()} * o.kernel_w();
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("kernel_h * kernel_w", window, 1, kMaxSum / TypeHigh(x)));
  const int64_t entries = o.multiplier()->size();
  if (entries != 1) LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of multiplier", entries, window, window));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of shift", o.shift()->size(), entries, entries));
  LOCKSTEP_RETURN_IF_ERROR(CheckMultipliers(layer, *o.multiplier(), *o.shift()));
  LOCKSTEP_RETURN_IF_ERROR(layer.Clamp(o.clamp_low(), o.clamp_high(), High(y)));
  return layer.Work(Elements(y), static_cast<uint64_t>(window));
}

}  // namespace lockstep::check
