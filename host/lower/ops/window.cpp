#include "lower/ops/window.h"

#include <algorithm>

#include "graph/error.h"

namespace lockstep::lower {
namespace {

// ONNX allows an output extent that leaves input unread or, with ceil_mode, reaches past the padding. The joint model
// wants paddings for which the extent follows from the floor formula.
int32_t PaddingAfter(int64_t in, int64_t out, int64_t extent, int64_t stride, int64_t before, int64_t after) {
  return static_cast<int32_t>(std::max(after, (out - 1) * stride + extent - in - before));
}

}  // namespace

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

PoolWindow ReadPoolWindow(const LowerContext& context, const Value& x) {
  if (x.shape.size() != 4) throw UnsupportedModel("only pooling over images (rank 4) is supported");
  const std::vector<int64_t> kernel = context.node().Ints("kernel_shape", {});
  if (kernel.size() != 2) throw UnsupportedModel("kernel_shape must have two entries");
  const bool swapped = IsSwapped(x.axes);
  PoolWindow pool;
  pool.window = ReadWindow(context.node(), x.shape, context.OutputShape(), kernel[0], kernel[1], swapped);
  if (pool.window.dilation[0] != 1 || pool.window.dilation[1] != 1) {
    throw UnsupportedModel("dilated pooling is not supported");
  }
  pool.kernel[0] = static_cast<int32_t>(kernel[swapped ? 1 : 0]);
  pool.kernel[1] = static_cast<int32_t>(kernel[swapped ? 0 : 1]);
  return pool;
}

}  // namespace lockstep::lower
