#include "ops/common/prepare.h"
#include "ops/conv/conv_f32.h"

namespace lockstep::kernels {

FloatConvGeometry DescribeFloatConv(const LayerArgs& args) {
  const joint::Conv& o = *args.layer->options_as_Conv();
  const int32_t* in = args.inputs[0].shape;
  const int32_t* out = args.outputs[0].shape;
  const int32_t* w = args.inputs[1].shape;
  FloatConvGeometry g = {};
  g.in_h = in[1], g.in_w = in[2], g.in_c = in[3];
  g.out_h = out[1], g.out_w = out[2], g.out_c = out[3];
  g.kernel_h = w[1], g.kernel_w = w[2];
  g.groups = o.groups();
  g.group_in = w[3];
  g.group_out = w[0] / o.groups();
  g.blocks = (g.group_out + kFloatBlockChannels - 1) / kFloatBlockChannels;
  g.row_pixels = (g.out_w - 1) * o.stride_w() + (g.kernel_w - 1) * o.dilation_w() + 1;
  g.in_step = args.inputs[0].pitch;
  g.out_step = args.outputs[0].pitch;
  // Rows of padding lie in scratch, side by side with no pitch.
  const bool rows_inside =
      o.pad_top() == 0 && (g.out_h - 1) * o.stride_h() + (g.kernel_h - 1) * o.dilation_h() < g.in_h;
  g.padded = o.pad_left() > 0 || g.row_pixels > g.in_w || (g.in_step != g.in_c && !rows_inside);
  g.row_step = g.padded ? g.in_c : g.in_step;
  return g;
}

// Scratch: the padded rows that one row of outputs reads, and where they are.
Prepared PrepareFloatConv(const LayerArgs& args) {
  const FloatConvGeometry g = DescribeFloatConv(args);
  Prepared prepared;
  prepared.units = ImageRows(args.outputs[0]);
  prepared.scratch_bytes = Aligned(g.kernel_h * g.row_pixels * g.in_c * int64_t{sizeof(float)}) +
                           Aligned(g.kernel_h * int64_t{sizeof(const float*)});
  return prepared;
}

}  // namespace lockstep::kernels
