#include "ops/common/check_window.h"

namespace lockstep::check {
namespace {

constexpr int64_t kMaxWindowElements = int64_t{1} << 28;

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

// One axis of a window: output extent = floor((input + pads - window) / stride) + 1.
Verdict CheckAxis(const LayerCheck& layer, const Axis& names, int64_t kernel, int64_t stride, int64_t dilation,
                  int64_t pad_before, int64_t pad_after, WindowInPadding in_padding) {
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange(names.kernel_field, kernel, 1, kMaxExtent));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange(names.stride_field, stride, 1, kMaxExtent));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange(names.dilation_field, dilation, 1, kMaxExtent));
  const int64_t window = dilation * (kernel - 1) + 1;
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange(names.dilation_field, window, 1, kMaxExtent));
  const int64_t most = in_padding == WindowInPadding::kAllowed ? kMaxExtent : window - 1;
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange(names.pad_before_field, pad_before, 0, most));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange(names.pad_after_field, pad_after, 0, most));
  const int64_t padded = Shape(layer.input(0))[names.axis] + pad_before + pad_after;
  if (padded < window || (padded - window) / stride + 1 != Shape(layer.output())[names.axis]) {
    return layer.Wrong("shape", names.axis == 1 ? "the output's height is not what the window and the pads make"
                                                : "the output's width is not what the window and the pads make");
  }
  return Verdict::kPassed;
}

}  // namespace

Verdict CheckWindow(LayerCheck& layer, const Window& w, WindowInPadding in_padding) {
  LOCKSTEP_RETURN_IF_FAULT(
      CheckAxis(layer, kHeight, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top, w.pad_bottom, in_padding));
  LOCKSTEP_RETURN_IF_FAULT(
      CheckAxis(layer, kWidth, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left, w.pad_right, in_padding));
  const int32_t* x = Shape(layer.input(0));
  const int64_t row = (int64_t{x[2]} + w.pad_left + w.pad_right) * x[3];  // below 2^51
  const int64_t rows = w.dilation_h * (w.kernel_h - 1) + 1;
  if (row > kMaxWindowElements || row * rows > kMaxWindowElements) {
    return layer.Wrong("kernel_h", "the rows of one window are too large");
  }
  // Rows are read whole, padding and all, however few pixels a large stride makes of them.
  const int32_t* y = Shape(layer.output());
  return layer.Work(static_cast<uint64_t>(y[0]) * static_cast<uint64_t>(y[1]), static_cast<uint64_t>(row * rows));
}

Verdict CheckImages(const LayerCheck& layer, int32_t inputs) {
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(inputs, inputs));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != 4 || Rank(y) != 4) return layer.Wrong("shape", "input and output must have four axes");
  if (Shape(x)[0] != Shape(y)[0]) return layer.Wrong("shape", "input and output must have the same batch");
  return Verdict::kPassed;
}

}  // namespace lockstep::check
