#include "gemm/conv_driver.h"

#include <algorithm>
#include <cstring>

#include "ops/common/byte_table.h"

namespace lockstep::kernels {
namespace {

constexpr size_t kAlignment = 64;
constexpr uint8_t kSignFlip = 0x80;  // x - 128 as s8 is x with the top bit flipped

constexpr int64_t AlignUp(int64_t value) { return (value + kAlignment - 1) / kAlignment * kAlignment; }

// Copies activations; as x - 128 when flip is kSignFlip.
void CopyBytes(const uint8_t* __restrict from, uint8_t* __restrict to, int64_t bytes, uint8_t flip) {
  if (bytes == 0) return;  // rows of padding have no source
  if (flip == 0) {
    std::memcpy(to, from, static_cast<size_t>(bytes));
    return;
  }
  for (int64_t i = 0; i < bytes; ++i) to[i] = from[i] ^ kSignFlip;
}

// Padded input rows in scratch. Row r of an image (counted from the top of the padding) lies in slot r mod ring_rows;
// the rows of one image are asked for in ascending order, so that neighbouring output rows share what they both read.
class RowRing {
 public:
  RowRing(const ConvGeometry& geometry, const TensorView& input, uint8_t flip, uint8_t* memory)
      : geometry_(geometry), input_(input), flip_(flip), memory_(memory) {}

  void Load(int64_t image, int64_t first, int64_t last) {
    if (image != image_) {
      image_ = image;
      next_ = 0;
    }
    for (int64_t row = std::max(first, next_); row <= last; ++row) CopyRow(row);
    next_ = std::max(next_, last + 1);
  }

  const uint8_t* Row(int64_t row, int32_t group) const { return Slot(row) + group * geometry_.row_stride; }

 private:
  uint8_t* Slot(int64_t row) const {
    return memory_ + (row % geometry_.ring_rows) * geometry_.groups * geometry_.row_stride;
  }

  void Fill(uint8_t* to, int64_t bytes) const {
    std::memset(to, static_cast<uint8_t>(input_.zero_point) ^ flip_, static_cast<size_t>(bytes));
  }

  void CopyRow(int64_t row) {
    const ConvGeometry& g = geometry_;
    const int64_t y = row - g.pad_top;
    const int64_t channels = g.group_in;
    const bool outside = y < 0 || y >= g.in_h;
    const int64_t left = outside ? g.row_pixels : std::min(g.pad_left, g.row_pixels);
    const int64_t inside = outside ? 0 : std::min(g.in_w, g.row_pixels - static_cast<int32_t>(left));
    const uint8_t* from = outside ? nullptr : input_.data + (image_ * g.in_h + y) * g.in_w * g.in_c;
    for (int32_t group = 0; group < g.groups; ++group) {
      uint8_t* to = Slot(row) + group * g.row_stride;
      Fill(to, left * channels);
      to += left * channels;
      if (g.groups == 1) {
        CopyBytes(from, to, inside * channels, flip_);
      } else {
        for (int64_t x = 0; x < inside; ++x)
          CopyBytes(from + x * g.in_c + group * channels, to + x * channels, channels, flip_);
      }
      Fill(to + inside * channels, (g.row_pixels - left - inside) * channels);
    }
  }

  const ConvGeometry& geometry_;
  const TensorView& input_;
  uint8_t flip_;
  uint8_t* memory_;
  int64_t image_ = -1;
  int64_t next_ = 0;
};

int32_t ShiftOf(const joint::Conv& conv, flatbuffers::uoffset_t channel) { return conv.shift()->Get(channel); }

void FillBlocks(const ConvGeometry& g, const joint::Conv& conv, bool signed_rows, ConvBlock* blocks) {
  for (int32_t index = 0; index < g.groups * g.blocks; ++index) {
    ConvBlock& block = blocks[index];
    const int32_t first = index / g.blocks * g.group_out + index % g.blocks * kBlockChannels;
    const int32_t count = std::min(kBlockChannels, g.group_out - index % g.blocks * kBlockChannels);
    for (int32_t i = 0; i < kBlockChannels; ++i) {
      const bool real = i < count;
      const auto channel = static_cast<flatbuffers::uoffset_t>(first + (real ? i : 0));
      block.acc_init[i] = real ? conv.acc_init()->Get(channel) : 0;
      if (real && signed_rows) block.acc_init[i] += 128 * conv.weight_sum()->Get(channel);
      block.multiplier[i] = real ? conv.multiplier()->Get(channel) : 0;
      block.shift[i] = ShiftOf(conv, channel);
    }
  }
}

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
        out_step_(int64_t{geometry_.out_c} * (args.outputs[0].dtype == joint::DType::U16 ? 2 : 1)) {
    FillBlocks(geometry_, conv_, variant.signed_rows, blocks_);
    row_.segments = segments_;
    row_.packed = reinterpret_cast<uint32_t*>(scratch + geometry_.packed_offset);
    row_.segment_count = geometry_.segments;
    row_.quads = geometry_.quads;
    row_.channels = geometry_.group_out;
    row_.blocks = geometry_.blocks;
    row_.min_shift = row_.max_shift = ShiftOf(conv_, 0);
    for (flatbuffers::uoffset_t i = 0; i < conv_.shift()->size(); ++i) {
      row_.min_shift = std::min(row_.min_shift, ShiftOf(conv_, i));
      row_.max_shift = std::max(row_.max_shift, ShiftOf(conv_, i));
    }
    row_.zero_point = conv_.mid_zero_point();
    row_.low = conv_.clamp_low();
    row_.high = conv_.clamp_high();
    row_.wide_output = args.outputs[0].dtype == joint::DType::U16;
    row_.out_step = out_step_;
  }

  void Pointwise(int64_t begin, int64_t end) {
    const ConvGeometry& g = geometry_;
    const uint8_t* input = args_.inputs[0].data;
    const bool in_place = !variant_.signed_rows && g.in_c % 4 == 0;
    row_.pixel_step = g.in_c;
    for (int64_t unit = begin; unit < end; ++unit) {
      const int64_t first = unit * kPointwisePixels;
      row_.pixels = static_cast<int32_t>(std::min<int64_t>(kPointwisePixels, g.pixels - first));
      const uint8_t* from = input + first * g.in_c;
      segments_[0] = from;
      if (!in_place) {
        CopyBytes(from, memory_, int64_t{row_.pixels} * g.in_c, variant_.signed_rows ? kSignFlip : 0);
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
    uint8_t* out = args_.outputs[0].data + first_pixel * out_step_;
    const int64_t group_weights = int64_t{g.blocks} * g.segments * g.quads * kQuadBytes;
    for (int32_t group = 0; group < g.groups; ++group) {
      point_segments(group);
      row_.weights = reinterpret_cast<const int8_t*>(args_.inputs[1].data) + group * group_weights;
      row_.constants = blocks_ + int64_t{group} * g.blocks;
      row_.out = out + int64_t{group} * g.group_out * (row_.wide_output ? 2 : 1);
      variant_.run_row(row_);
    }
    if (conv_.table() == nullptr) return;
    const int64_t count = int64_t{row_.pixels} * g.out_c;
    if (row_.wide_output) {
      ApplyWideTable(conv_.table()->data(), reinterpret_cast<uint16_t*>(out), count);
    } else {
      variant_.apply_table(conv_.table()->data(), out, count);
    }
  }

  const LayerArgs& args_;
  const ConvVariant& variant_;
  const joint::Conv& conv_;
  const ConvGeometry geometry_;
  ConvBlock* blocks_;
  const uint8_t** segments_;
  uint8_t* memory_;
  int64_t out_step_;
  ConvRow row_{};
};

}  // namespace

ConvGeometry DescribeConv(const LayerArgs& args) {
  const joint::Conv& conv = *args.layer->options_as_Conv();
  const int32_t* in = args.inputs[0].shape;
  const int32_t* out = args.outputs[0].shape;
  const int32_t* kernel = args.inputs[1].shape;  // oc, kh, kw, ic of a group
  ConvGeometry g;
  g.in_h = in[1];
  g.in_w = in[2];
  g.in_c = in[3];
  g.out_h = out[1];
  g.out_w = out[2];
  g.out_c = out[3];
  g.groups = conv.groups();
  g.group_in = g.in_c / g.groups;
  g.group_out = g.out_c / g.groups;
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
  g.blocks = (g.group_out + kBlockChannels - 1) / kBlockChannels;
  g.pixels = int64_t{out[0]} * g.out_h * g.out_w;
  g.pointwise = g.kernel_h == 1 && g.kernel_w == 1 && g.stride_h == 1 && g.stride_w == 1 && g.groups == 1 &&
                g.in_h == g.out_h && g.in_w == g.out_w && g.pad_top == 0 && g.pad_left == 0;
  if (g.pointwise) {
    g.row_pixels = kPointwisePixels;
    g.units = (g.pixels + kPointwisePixels - 1) / kPointwisePixels;
  } else {
    g.row_pixels = (g.out_w - 1) * g.stride_w + (g.kernel_w - 1) * g.dilation_w + 1;
    g.ring_rows = (g.kernel_h - 1) * g.dilation_h + 1;
    g.units = int64_t{out[0]} * g.out_h;
  }
  g.row_stride = AlignUp(int64_t{g.row_pixels} * g.group_in + kRowSlack);
  const int64_t constants = int64_t{g.groups} * g.blocks * static_cast<int64_t>(sizeof(ConvBlock));
  const int64_t pointers = AlignUp(g.segments * static_cast<int64_t>(sizeof(const uint8_t*)));
  g.segments_offset = static_cast<size_t>(constants);
  const int64_t packed = AlignUp(int64_t{g.segments} * g.quads * 4 * static_cast<int64_t>(sizeof(uint32_t)));
  g.packed_offset = static_cast<size_t>(constants + pointers);
  g.ring_offset = static_cast<size_t>(constants + pointers + packed);
  g.scratch_bytes =
      static_cast<uint64_t>(constants + pointers + packed + int64_t{g.ring_rows} * g.groups * g.row_stride);
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
