#include "gemm/conv_driver.h"

#include <algorithm>

#include "gemm/conv_constants.h"
#include "gemm/row_ring.h"

namespace lockstep::kernels {
namespace {

class ConvRun {
 public:
  ConvRun(const LayerArgs& args, uint8_t* scratch, const ConvVariant& variant)
      : args_(args),
        variant_(variant),
        conv_(*args.layer->options_as_Conv()),
        geometry_(DescribeConv(args)),
        blocks_(reinterpret_cast<ConvBlock*>(scratch)),
        segments_(reinterpret_cast<const uint8_t**>(scratch + geometry_.segments_offset)),
        memory_(scratch + geometry_.ring_offset),
        table_(conv_, variant, args.outputs[0], scratch + geometry_.waiting_offset) {
    FillBlocks(geometry_, ConstantsOf(conv_), variant.signed_rows, blocks_);
    FillRow(conv_, args.outputs[0], geometry_.group_out, &row_);
    row_.segments = segments_;
    row_.packed = reinterpret_cast<uint32_t*>(scratch + geometry_.packed_offset);
    row_.segment_count = geometry_.segments;
    row_.quads = geometry_.quads;
    row_.blocks = geometry_.blocks;
    row_.out_step = table_.step();
  }

  void Pointwise(int64_t begin, int64_t end) {
    const ConvGeometry& g = geometry_;
    const uint8_t* input = args_.inputs[0].data;
    const bool in_place = !variant_.signed_rows && g.in_c % 4 == 0;
    const int64_t in_step = args_.inputs[0].pitch;
    row_.pixel_step = in_place ? in_step : g.in_c;
    for (int64_t unit = begin; unit < end; ++unit) {
      const int64_t first = unit * kPointwisePixels;
      row_.pixels = static_cast<int32_t>(std::min<int64_t>(kPointwisePixels, g.pixels - first));
      const uint8_t* from = input + first * in_step;
      segments_[0] = from;
      if (!in_place) {
        CopyPixels({from, row_.pixels, in_step}, g.in_c, memory_, variant_.signed_rows ? kSignFlip : 0);
        segments_[0] = memory_;
      }
      RunGroups(first, [](int32_t) {});
    }
  }

  void Windows(int64_t begin, int64_t end) {
    const ConvGeometry& g = geometry_;
    RowRing ring(g, args_.inputs[0], variant_.signed_rows ? kSignFlip : 0, memory_);
    row_.pixel_step = int64_t{g.stride_w} * g.group_in;
    row_.pixels = g.out_w;
    const int32_t taps = g.segments / g.kernel_h;  // segments of one kernel row
    for (int64_t unit = begin; unit < end; ++unit) {
      const int64_t top = unit % g.out_h * g.stride_h;
      ring.Load(unit / g.out_h, top, top + int64_t{g.kernel_h - 1} * g.dilation_h);
      RunGroups(unit * g.out_w, [&](int32_t group) {
        for (int32_t segment = 0; segment < g.segments; ++segment) {
          segments_[segment] = ring.Row(top + int64_t{segment / taps} * g.dilation_h, group) +
                               int64_t{segment % taps} * g.dilation_w * g.group_in;
        }
      });
    }
  }

  bool pointwise() const { return geometry_.pointwise; }

 private:
  template <typename PointSegments>
  void RunGroups(int64_t first_pixel, PointSegments point_segments) {
    const ConvGeometry& g = geometry_;
    const TensorView& y = args_.outputs[0];
    uint8_t* first = y.data + first_pixel * y.pitch * joint::ElementBytes(y.dtype);
    uint8_t* out = table_.Row(first);
    const int64_t group_weights = int64_t{g.blocks} * g.segments * g.quads * kQuadBytes;
    for (int32_t group = 0; group < g.groups; ++group) {
      point_segments(group);
      row_.weights = reinterpret_cast<const int8_t*>(args_.inputs[1].data) + group * group_weights;
      row_.constants = blocks_ + int64_t{group} * g.blocks;
      row_.out = out + int64_t{group} * g.group_out * table_.element();
      variant_.run_row(row_);
    }
    table_.Apply(first, row_.pixels);
  }

  const LayerArgs& args_;
  const ConvVariant& variant_;
  const joint::Conv& conv_;
  const ConvGeometry geometry_;
  ConvBlock* blocks_;
  const uint8_t** segments_;
  uint8_t* memory_;
  OutputTable table_;
  ConvRow row_{};
};

}  // namespace

ConvGeometry DescribeImages(const LayerArgs& args, int32_t groups) {
  const int32_t* in = args.inputs[0].shape;
  const int32_t* out = args.outputs[0].shape;
  ConvGeometry g;
  g.in_h = in[1];
  g.in_w = in[2];
  g.in_c = in[3];
  g.out_h = out[1];
  g.out_w = out[2];
  g.out_c = out[3];
  g.groups = groups;
  g.group_in = g.in_c / groups;
  g.group_out = g.out_c / groups;
  g.blocks = (g.group_out + kBlockChannels - 1) / kBlockChannels;
  g.pixels = int64_t{out[0]} * g.out_h * g.out_w;
  return g;
}

ConvGeometry DescribeConv(const LayerArgs& args) {
  const joint::Conv& conv = *args.layer->options_as_Conv();
  const int32_t* kernel = args.inputs[1].shape;  // oc, kh, kw, ic of a group
  ConvGeometry g = DescribeImages(args, conv.groups());
  g.kernel_h = kernel[1];
  g.kernel_w = kernel[2];
  g.stride_h = conv.stride_h();
  g.stride_w = conv.stride_w();
  g.dilation_h = conv.dilation_h();
  g.dilation_w = conv.dilation_w();
  g.pad_top = conv.pad_top();
  g.pad_left = conv.pad_left();
  const bool dilated = g.dilation_w > 1;
  g.segments = dilated ? g.kernel_h * g.kernel_w : g.kernel_h;
  g.quads = ((dilated ? 1 : g.kernel_w) * g.group_in + 3) / 4;
  g.pointwise = g.kernel_h == 1 && g.kernel_w == 1 && g.stride_h == 1 && g.stride_w == 1 && g.groups == 1 &&
                g.in_h == g.out_h && g.in_w == g.out_w && g.pad_top == 0 && g.pad_left == 0;
  if (g.pointwise) {
    g.row_pixels = kPointwisePixels;
    g.units = (g.pixels + kPointwisePixels - 1) / kPointwisePixels;
  } else {
    g.row_pixels = (g.out_w - 1) * g.stride_w + (g.kernel_w - 1) * g.dilation_w + 1;
    g.ring_rows = (g.kernel_h - 1) * g.dilation_h + 1;
    g.units = int64_t{args.outputs[0].shape[0]} * g.out_h;
  }
  const int64_t pixels = g.pointwise ? kPointwisePixels : g.out_w;
  PlaceScratch(int64_t{g.groups} * g.blocks, OutputTableBytes(conv, args.outputs[0], pixels), &g);
  return g;
}

void RunConv(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch, const ConvVariant& variant) {
  ConvRun run(args, scratch, variant);
  if (run.pointwise()) {
    run.Pointwise(begin, end);
  } else {
    run.Windows(begin, end);
  }
}

bool AcceptsConv32(const LayerArgs& args) { return args.layer->options_as_Conv()->acc_bits() == 32; }

}  // namespace lockstep::kernels
