#include "gemm/conv_driver.h"

#include <algorithm>

#include "gemm/conv_rows.h"
#include "ops/common/prepare.h"

namespace lockstep::kernels {
namespace {

// Whether a variant of this build gains by taking all rows of a small image together. For others the memory would be
// wasted.
#if defined(LOCKSTEP_KERNELS_AVX512VNNI) || defined(LOCKSTEP_KERNELS_NEONDOT)
constexpr bool kSmallImages = true;
#else
constexpr bool kSmallImages = false;
#endif
// Whether one of this build looks up, so that its rows may be longer than the first-level cache.
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
constexpr bool kLongRows = true;
#else
constexpr bool kLongRows = false;
#endif

class ConvRun {
 public:
  ConvRun(const LayerArgs& args, uint8_t* scratch, const ConvVariant& variant)
      : args_(args),
        geometry_(DescribeConv(args)),
        variant_(variant),
        rows_(*args.layer->options_as_Conv(), args, geometry_, 1, variant, scratch) {
    ConvRow& row = rows_.row();
    row.segment_count = geometry_.segments;
    row.quads = geometry_.quads;
    row.segment_bytes = (geometry_.dilation_w > 1 ? 1 : geometry_.kernel_w) * geometry_.group_in;
    row.out_step = rows_.table().step();
  }

  void Pointwise(const ConvRange& range) {
    const ConvGeometry& g = geometry_;
    ConvRow& row = rows_.row();
    const bool as_they_are = !variant_.signed_rows || variant_.signed_sums;
    const bool in_place = as_they_are && g.input_bytes == 1 && g.in_c % 4 == 0;
    const int64_t in_step = args_.inputs[0].pitch * g.input_bytes;
    row.in_place = in_place;
    row.pixel_step = in_place ? in_step : g.in_c;
    const int64_t together = in_place ? UnitsTogether() : 1;
    for (int64_t unit = range.begin; unit < range.end; unit += together) {
      const int64_t first = unit * g.unit_pixels;
      const int64_t end = std::min(unit + together, range.end);
      row.pixels = static_cast<int32_t>((end < g.pixel_units ? end * g.unit_pixels : g.pixels) - first);
      const uint8_t* from = args_.inputs[0].data + first * in_step;
      for (int32_t byte = 0; byte < g.input_bytes && !in_place; ++byte) {
        CopyPixels({from + byte, row.pixels, in_step, g.input_bytes}, g.in_c, rows_.memory(byte), rows_.flip());
      }
      RunParts(first, range, [&](int32_t, int32_t byte, const uint8_t** segments) {
        segments[0] = in_place ? from : rows_.memory(byte);
      });
    }
  }

  void Windows(const ConvRange& range) {
    const ConvGeometry& g = geometry_;
    const bool in_place = ReadsInPlace();
    const int64_t most = !variant_.rows_together ? 1 : in_place ? Together(g.out_w) : g.rows_together;
    RowRing ring(g, args_.inputs[0], rows_.flip(), rows_.memory(0), most > 1);
    const int64_t pixel = in_place ? args_.inputs[0].pitch : g.group_in;
    const int64_t line = in_place ? g.in_w * pixel : g.groups * g.row_stride;
    rows_.row().in_place = in_place;
    rows_.row().pixel_step = g.stride_w * pixel;
    rows_.row().pixels = g.out_w;
    rows_.row().row_step = g.stride_h * line;
    const int32_t taps = g.segments / g.kernel_h;  // segments of one kernel row
    for (int64_t unit = range.begin; unit < range.end; unit += rows_.row().rows) {
      const int64_t image = unit / g.out_h;
      const int64_t y = unit % g.out_h;
      const int64_t top = y * g.stride_h;
      const int64_t together = std::min({most, range.end - unit, g.out_h - y});
      rows_.row().rows = static_cast<int32_t>(together);
      const uint8_t* lines = args_.inputs[0].data + (image * g.in_h + top) * line;
      if (!in_place) {
        ring.Load(image, top, top + (together - 1) * g.stride_h + int64_t{g.kernel_h - 1} * g.dilation_h);
      }
      RunParts(unit * g.out_w, range, [&](int32_t group, int32_t byte, const uint8_t** segments) {
        for (int32_t segment = 0; segment < g.segments; ++segment) {
          const int64_t row = int64_t{segment / taps} * g.dilation_h;
          segments[segment] = (in_place ? lines + row * line : ring.Row(top + row, group, byte)) +
                              int64_t{segment % taps} * g.dilation_w * pixel;
        }
      });
    }
  }

  const ConvGeometry& geometry() const { return geometry_; }

 private:
  // So many units of some pixels as one row: what is done once for a row takes as long as some pixels. Where a table
  // follows behind the row, this must not be longer than the first-level cache holds. With many weights, which are read
  // once for a row, more units are worth more of the second-level cache.
  int64_t Together(int64_t pixels) const {
    const int64_t most = int64_t{1} << (geometry_.many_weights ? 19 : 17);  // of inputs and outputs
    const int64_t bytes = pixels * (int64_t{geometry_.in_c} + geometry_.out_c);
    return kLongRows && variant_.looks_up && !rows_.table().waits() ? std::max<int64_t>(1, most / bytes) : 1;
  }

  // Of a 1x1 convolution whose inputs lie in place.
  int64_t UnitsTogether() const {
    const int64_t packed = variant_.rows_together ? geometry_.units_together : 1;
    return geometry_.wide ? packed : std::max(packed, Together(geometry_.unit_pixels));
  }

  // Windows without padding, such as those of a 1x1 convolution with a stride. Nothing behind a segment is read.
  bool ReadsInPlace() const {
    const ConvGeometry& g = geometry_;
    const int64_t last = int64_t{g.out_h - 1} * g.stride_h + int64_t{g.kernel_h - 1} * g.dilation_h;
    const int64_t segment = int64_t{g.kernel_h} * g.kernel_w * g.in_c / g.segments;
    return kLongRows && variant_.looks_up && !g.wide && g.groups == 1 && g.pad_top == 0 && g.pad_left == 0 &&
           last < g.in_h && g.row_pixels <= g.in_w && segment % 4 == 0 &&
           (segment == g.in_c || args_.inputs[0].pitch == g.in_c);
  }

  template <typename PointSegments>
  void RunParts(int64_t first_pixel, const ConvRange& range, PointSegments point_segments) {
    const ConvGeometry& g = geometry_;
    const TensorView& y = args_.outputs[0];
    uint8_t* first = y.data + first_pixel * y.pitch * joint::ElementBytes(y.dtype);
    if (g.groups == 1) {
      const ConvChannels channels = ChannelsOf(g, range);
      rows_.row().channels = channels.count;
      rows_.row().blocks = channels.blocks;
      RunGroup(0, channels.first_block, first, point_segments);
      ApplyTable(first, channels.first, channels.count);
      return;
    }
    const int32_t begin = g.parts == 1 ? 0 : range.first_part;
    const int32_t end = g.parts == 1 ? g.groups : range.last_part;
    for (int32_t group = begin; group < end; ++group) RunGroup(group, 0, first, point_segments);
    ApplyTable(first, begin * g.group_out, (end - begin) * g.group_out);
  }

  template <typename PointSegments>
  void RunGroup(int32_t group, int64_t block, uint8_t* first, PointSegments& point_segments) {
    const ConvGeometry& g = geometry_;
    const int64_t block_weights = int64_t{g.segments} * g.quads * kQuadBytes;
    const auto channel = static_cast<int32_t>(group * g.group_out + block * kBlockChannels);
    const int64_t index = int64_t{group} * g.blocks + block;
    const RowPlace place = {index * block_weights, index, channel, channel,
                            rows_.table().Row(first) + channel * rows_.table().element()};
    rows_.Run(place, [&](int32_t byte, const uint8_t** segments) { point_segments(group, byte, segments); });
  }

  void ApplyTable(uint8_t* first, int64_t channel, int64_t channels) {
    const int64_t pixels = int64_t{rows_.row().rows} * rows_.row().pixels;
    rows_.table().Apply(first + channel * joint::ElementBytes(args_.outputs[0].dtype), pixels, channels);
  }

  const LayerArgs& args_;
  const ConvGeometry geometry_;
  const ConvVariant& variant_;
  ConvRows rows_;
};

// Of a 1x1 convolution. Threads have equal shares of small images by smaller units, which cost nothing where a kernel
// takes them together.
int32_t UnitPixels(const ConvGeometry& g, const Kernel* kernel, bool waits) {
  constexpr int64_t kFewUnits = 16;
  constexpr int32_t kFewestPixels = kPointwisePixels / 4;
  const bool together = kernel != nullptr && kernel->isa == Isa::kAvx512Vnni && !g.wide && !waits && g.in_c % 4 == 0;
  int32_t pixels = kPointwisePixels;
  while (together && pixels > kFewestPixels && g.pixels < kFewUnits * pixels) pixels /= 2;
  return pixels;
}

// Where a tile of pixels often ends with a row, and weights are read again for a few.
bool IsSmallImage(const ConvGeometry& g) {
  constexpr int32_t kFewPixels = 20;
  constexpr int32_t kMostWidth = kLongRows ? 128 : kFewPixels;
  const int64_t most_bytes = g.out_w <= kFewPixels ? 1 << 18 : 1 << 17;
  const int64_t rows = int64_t{g.out_h - 1} * g.stride_h + int64_t{g.kernel_h - 1} * g.dilation_h + 1;
  return g.out_w <= kMostWidth && rows * g.row_pixels * g.in_c <= most_bytes;
}

void PutTogether(ConvGeometry* geometry) {
  ConvGeometry& g = *geometry;
  const int64_t pixels = std::min(kPixelsTogether, kPanelBytes / PanelPixelBytes(g));
  if (g.pointwise) {
    g.units_together = std::max<int64_t>(1, pixels / g.unit_pixels);
  } else {
    const auto rows = static_cast<int32_t>(pixels / g.out_w);
    g.rows_together = kSmallImages && IsSmallImage(g) ? g.out_h : std::clamp(rows, 1, g.out_h);
    g.ring_rows += (g.rows_together - 1) * g.stride_h;
  }
}

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
  DescribeBytes(conv, args, &g);
  const bool waits = OutputTable::WaitsInScratch(conv, args.outputs[0]);
  if (g.pointwise) {
    g.row_pixels = kMostPointwisePixels;
    g.unit_pixels = UnitPixels(g, args.kernel, waits);
    g.pixel_units = std::max<int64_t>(1, (g.pixels + g.unit_pixels / 2 - 1) / g.unit_pixels);
  } else {
    g.row_pixels = (g.out_w - 1) * g.stride_w + (g.kernel_w - 1) * g.dilation_w + 1;
    g.ring_rows = (g.kernel_h - 1) * g.dilation_h + 1;
    g.pixel_units = int64_t{args.outputs[0].shape[0]} * g.out_h;
  }
  g.many_weights = args.inputs[1].bytes > args.inputs[0].bytes;
  g.parts_first = g.many_weights && g.pixels < kManyPixels;
  if (g.parts_first && g.blocks % g.part_blocks != 0) g.part_blocks = 2;  // shares of few parts are more equal
  if (!waits) g.parts = g.groups > 1 ? g.groups : (g.blocks + g.part_blocks - 1) / g.part_blocks;
  g.units = g.pixel_units * g.parts;
  if (!g.wide && !waits) PutTogether(&g);
  const int64_t pixels = g.pointwise ? kMostPointwisePixels : g.out_w;
  PlaceScratch({1, pixels, OutputTableBytes(conv, args.outputs[0], pixels), args.kernel}, &g);
  return g;
}

ConvChannels ChannelsOf(const ConvGeometry& geometry, const ConvRange& range) {
  if (geometry.parts == 1) return {0, geometry.group_out, 0, geometry.blocks};
  const int32_t block = range.first_part * geometry.part_blocks;
  const int32_t blocks = std::min(range.last_part * geometry.part_blocks, geometry.blocks) - block;
  const int32_t channel = block * kBlockChannels;
  return {channel, std::min(geometry.group_out - channel, blocks * kBlockChannels), block, blocks};
}

void RunConv(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch, const ConvVariant& variant) {
  ConvRun run(args, scratch, variant);
  ForEachRange(run.geometry(), begin, end, [&](const ConvRange& range) {
    if (run.geometry().pointwise) {
      run.Pointwise(range);
    } else {
      run.Windows(range);
    }
  });
}

bool AcceptsConv32(const LayerArgs& args) {
  return AcceptsConvBytes(args) && args.layer->options_as_Conv()->acc_bits() == 32;
}

bool AcceptsConvPixels(const LayerArgs& args) {
  constexpr int64_t kFewest = 4;
  return AcceptsConv32(args) && DescribeConv(args).pixels >= kFewest;
}

bool AcceptsConvBytes(const LayerArgs& args) { return !DescribeConv(args).wide; }

bool AcceptsConvSums(const LayerArgs& args) {
  const ConvGeometry geometry = DescribeConv(args);
  return geometry.wide && !geometry.wide_sums;
}

const ConvVariant& PortableVariant(const ConvGeometry& geometry, int acc_bits) {
  const bool narrow = geometry.wide ? !geometry.wide_sums : acc_bits == 32;
  return narrow ? row_u8s8_portable : row_u8s8_portable_acc64;
}

}  // namespace lockstep::kernels
