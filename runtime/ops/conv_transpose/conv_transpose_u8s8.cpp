// The transposed convolution by the kernels of the convolution: every phase of the output is a convolution of stride 1
// whose pixels are written `stride` apart. All phases of a row read the same input rows.
#include "gemm/conv_constants.h"
#include "gemm/row_ring.h"
#include "ops/common/prepare.h"
#include "ops/conv_transpose/conv_transpose.h"
#include "ops/conv_transpose/transposed_axis.h"

namespace lockstep::kernels {
namespace {

struct ConvTransposeGeometry {
  ConvGeometry conv;  // of the phase with most taps; a unit is one step: up to stride_h output rows
  TransposedAxis height, width;
};

ConvTransposeGeometry DescribeConvTranspose(const LayerArgs& args) {
  const joint::ConvTranspose& options = *args.layer->options_as_ConvTranspose();
  const int32_t* out = args.outputs[0].shape;
  const int32_t* kernel = args.inputs[1].shape;  // oc, kh, kw, ic of a group
  ConvTransposeGeometry geometry;
  geometry.height = {kernel[1], options.stride_h(), options.pad_top(), out[1]};
  geometry.width = {kernel[2], options.stride_w(), options.pad_left(), out[2]};
  ConvGeometry& g = geometry.conv;
  g = DescribeImages(args, options.groups());
  g.kernel_h = geometry.height.MostTaps();
  g.kernel_w = geometry.width.MostTaps();
  g.pad_top = g.kernel_h - 1 - geometry.height.First();
  g.pad_left = g.kernel_w - 1 - geometry.width.First();
  g.segments = g.kernel_h;
  g.quads = (g.kernel_w * g.group_in + 3) / 4;
  g.row_pixels = geometry.width.Steps() + g.kernel_w - 1;
  g.ring_rows = g.kernel_h;
  g.units = int64_t{out[0]} * geometry.height.Steps();
  PlaceScratch(int64_t{options.stride_h()} * options.stride_w() * g.groups * g.blocks,
               OutputTableBytes(options, args.outputs[0], out[2]), &g);
  return geometry;
}

class ConvTransposeRun {
 public:
  ConvTransposeRun(const LayerArgs& args, uint8_t* scratch, const ConvVariant& variant)
      : args_(args),
        variant_(variant),
        options_(*args.layer->options_as_ConvTranspose()),
        geometry_(DescribeConvTranspose(args)),
        blocks_(reinterpret_cast<ConvBlock*>(scratch)),
        segments_(reinterpret_cast<const uint8_t**>(scratch + geometry_.conv.segments_offset)),
        table_(options_, variant, args.outputs[0], scratch + geometry_.conv.waiting_offset),
        element_(table_.element()),
        pixel_bytes_(table_.step()),
        ring_(geometry_.conv, args.inputs[0], variant.signed_rows ? kSignFlip : 0,
              scratch + geometry_.conv.ring_offset) {
    const ConvGeometry& g = geometry_.conv;
    ChannelConstants channels = ConstantsOf(options_);
    for (int32_t phase = 0; phase < geometry_.height.stride * geometry_.width.stride; ++phase) {
      FillBlocks(g, channels, variant.signed_rows, blocks_ + int64_t{phase} * g.groups * g.blocks);
      channels.acc_init += g.out_c;
      channels.weight_sum += g.out_c;
    }
    FillRow(options_, args.outputs[0], g.group_out, &row_);
    row_.segments = segments_;
    row_.packed = reinterpret_cast<uint32_t*>(scratch + g.packed_offset);
    row_.blocks = g.blocks;
    row_.pixel_step = g.group_in;
    row_.out_step = geometry_.width.stride * pixel_bytes_;
  }

  void Run(int64_t begin, int64_t end) {
    const TransposedAxis& height = geometry_.height;
    const int32_t steps = height.Steps();
    for (int64_t unit = begin; unit < end; ++unit) {
      const int64_t image = unit / steps;
      const int64_t step = unit % steps;
      ring_.Load(image, step, step + height.MostTaps() - 1);
      weights_ = reinterpret_cast<const int8_t*>(args_.inputs[1].data);
      constants_ = blocks_;
      for (int32_t phase = 0; phase < height.stride; ++phase) {
        const PhaseOutputs rows = height.Outputs(phase);
        const int64_t index = step - rows.first_step;
        const bool inside = index >= 0 && index < rows.count;
        const int64_t y = image * height.out + rows.first + index * height.stride;
        RunRow(phase, step, inside ? args_.outputs[0].data + y * RowBytes() : nullptr);
      }
    }
  }

 private:
  int64_t RowBytes() const {
    return geometry_.width.out * args_.outputs[0].pitch * joint::ElementBytes(args_.outputs[0].dtype);
  }

  // All phases of an output row; with no row their weights are passed over.
  void RunRow(int32_t phase_h, int64_t step, uint8_t* first) {
    uint8_t* out = first == nullptr ? nullptr : table_.Row(first);
    const TransposedAxis& width = geometry_.width;
    row_.segment_count = geometry_.height.Taps(phase_h);
    const int64_t top = step + geometry_.height.MostTaps() - row_.segment_count;
    for (int32_t phase = 0; phase < width.stride; ++phase) {
      row_.quads = (width.Taps(phase) * geometry_.conv.group_in + 3) / 4;
      RunPhase(width.Outputs(phase), top, width.MostTaps() - width.Taps(phase), out);
    }
    if (first != nullptr) table_.Apply(first, width.out);
  }

  // `top` and `left`: the first row and column that the phase's first step reads.
  void RunPhase(const PhaseOutputs& outputs, int64_t top, int64_t left, uint8_t* out) {
    const ConvGeometry& g = geometry_.conv;
    const int64_t group_weights = int64_t{g.blocks} * row_.segment_count * row_.quads * kQuadBytes;
    row_.pixels = outputs.count;
    for (int32_t group = 0; group < g.groups; ++group) {
      row_.weights = weights_ + group * group_weights;
      row_.constants = constants_ + int64_t{group} * g.blocks;
      if (out == nullptr || outputs.count == 0) continue;
      for (int32_t segment = 0; segment < row_.segment_count; ++segment) {
        segments_[segment] = ring_.Row(top + segment, group) + (left + outputs.first_step) * g.group_in;
      }
      row_.out = out + outputs.first * pixel_bytes_ + int64_t{group} * g.group_out * element_;
      variant_.run_row(row_);
    }
    weights_ += g.groups * group_weights;
    constants_ += int64_t{g.groups} * g.blocks;
  }

  const LayerArgs& args_;
  const ConvVariant& variant_;
  const joint::ConvTranspose& options_;
  const ConvTransposeGeometry geometry_;
  ConvBlock* blocks_;  // [phase][group][block]
  const uint8_t** segments_;
  OutputTable table_;
  int64_t element_;
  int64_t pixel_bytes_;  // from one output pixel to the next
  RowRing ring_;
  ConvRow row_{};
  const int8_t* weights_ = nullptr;       // of the phase
  const ConvBlock* constants_ = nullptr;  // likewise
};

void RunConvTranspose(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch, const ConvVariant& variant) {
  ConvTransposeRun(args, scratch, variant).Run(begin, end);
}

}  // namespace

bool AcceptsConvTranspose32(const LayerArgs& args) { return args.layer->options_as_ConvTranspose()->acc_bits() == 32; }

Prepared PrepareConvTranspose(const LayerArgs& args) {
  if (FormOf(args) == Form::kFloat) return PrepareImageRows(args);
  const ConvTransposeGeometry geometry = DescribeConvTranspose(args);
  Prepared prepared;
  prepared.units = geometry.conv.units;
  prepared.scratch_bytes = geometry.conv.scratch_bytes;
  return prepared;
}

#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
void conv_transpose_u8s8_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConvTranspose(args, begin, end, scratch, row_u8s8_avx512vnni);
}
#endif

#if defined(LOCKSTEP_KERNELS_NEON)
void conv_transpose_u8s8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConvTranspose(args, begin, end, scratch, row_u8s8_neon);
}
#endif

#if defined(LOCKSTEP_KERNELS_MSA)
void conv_transpose_u8s8_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConvTranspose(args, begin, end, scratch, row_u8s8_msa);
}
#endif

void conv_transpose_u8s8_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConvTranspose(args, begin, end, scratch,
                   AcceptsConvTranspose32(args) ? row_u8s8_portable : row_u8s8_portable_acc64);
}

}  // namespace lockstep::kernels
