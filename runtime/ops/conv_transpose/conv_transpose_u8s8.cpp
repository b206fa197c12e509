// The transposed convolution by the kernels of the convolution: every phase of the output is a convolution of stride 1
// whose pixels are written `stride` apart. All phases of a row read the same input rows.
#include "gemm/conv_rows.h"
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
  DescribeBytes(options, args, &g);
  PlaceScratch({int64_t{options.stride_h()} * options.stride_w(), out[2],
                OutputTableBytes(options, args.outputs[0], out[2]), args.kernel},
               &g);
  return geometry;
}

class ConvTransposeRun {
 public:
  ConvTransposeRun(const LayerArgs& args, uint8_t* scratch, const ConvVariant& variant)
      : args_(args),
        options_(*args.layer->options_as_ConvTranspose()),
        geometry_(DescribeConvTranspose(args)),
        rows_(options_, args, geometry_.conv, options_.stride_h() * options_.stride_w(), variant, scratch),
        pixel_bytes_(rows_.table().step()),
        ring_(geometry_.conv, args.inputs[0], rows_.flip(), rows_.memory(0)) {
    rows_.row().pixel_step = geometry_.conv.group_in;
    rows_.row().out_step = geometry_.width.stride * pixel_bytes_;
  }

  void Run(int64_t begin, int64_t end) {
    const TransposedAxis& height = geometry_.height;
    const int32_t steps = height.Steps();
    for (int64_t unit = begin; unit < end; ++unit) {
      const int64_t image = unit / steps;
      const int64_t step = unit % steps;
      ring_.Load(image, step, step + height.MostTaps() - 1);
      place_ = {};
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
    uint8_t* out = first == nullptr ? nullptr : rows_.table().Row(first);
    const TransposedAxis& width = geometry_.width;
    ConvRow& row = rows_.row();
    row.segment_count = geometry_.height.Taps(phase_h);
    const int64_t top = step + geometry_.height.MostTaps() - row.segment_count;
    for (int32_t phase = 0; phase < width.stride; ++phase) {
      row.quads = (width.Taps(phase) * geometry_.conv.group_in + 3) / 4;
      RunPhase(width.Outputs(phase), top, width.MostTaps() - width.Taps(phase), out);
    }
    if (first != nullptr) rows_.table().Apply(first, width.out, geometry_.conv.out_c);
  }

  // `top` and `left`: the first row and column that the phase's first step reads.
  void RunPhase(const PhaseOutputs& outputs, int64_t top, int64_t left, uint8_t* out) {
    const ConvGeometry& g = geometry_.conv;
    ConvRow& row = rows_.row();
    const int64_t group_weights = int64_t{g.blocks} * row.segment_count * row.quads * kQuadBytes;
    row.pixels = outputs.count;
    for (int32_t group = 0; group < g.groups && out != nullptr && outputs.count != 0; ++group) {
      const int32_t channel = group * g.group_out;
      const RowPlace place = {place_.weights + group * group_weights, place_.block + int64_t{group} * g.blocks,
                              place_.sums + channel, channel,
                              out + outputs.first * pixel_bytes_ + channel * rows_.table().element()};
      rows_.Run(place, [&](int32_t byte, const uint8_t** segments) {
        for (int32_t segment = 0; segment < row.segment_count; ++segment) {
          segments[segment] = ring_.Row(top + segment, group, byte) + (left + outputs.first_step) * g.group_in;
        }
      });
    }
    place_.weights += g.groups * group_weights;
    place_.block += int64_t{g.groups} * g.blocks;
    place_.sums += g.out_c;
  }

  const LayerArgs& args_;
  const joint::ConvTranspose& options_;
  const ConvTransposeGeometry geometry_;
  ConvRows rows_;
  int64_t pixel_bytes_;  // from one output pixel to the next
  RowRing ring_;
  RowPlace place_{};  // of the phase: weights, constants and sums
};

void RunConvTranspose(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch, const ConvVariant& variant) {
  ConvTransposeRun(args, scratch, variant).Run(begin, end);
}

}  // namespace

bool AcceptsConvTranspose32(const LayerArgs& args) {
  return AcceptsConvTransposeBytes(args) && args.layer->options_as_ConvTranspose()->acc_bits() == 32;
}

bool AcceptsConvTransposeBytes(const LayerArgs& args) { return !DescribeConvTranspose(args).conv.wide; }

bool AcceptsConvTransposeSums(const LayerArgs& args) {
  const ConvGeometry geometry = DescribeConvTranspose(args).conv;
  return geometry.wide && !geometry.wide_sums;
}

Prepared PrepareConvTranspose(const LayerArgs& args) {
  if (FormOf(args) == Form::kFloat) return PrepareImageRows(args);
  const ConvTransposeGeometry geometry = DescribeConvTranspose(args);
  Prepared prepared;
  prepared.units = geometry.conv.units;
  prepared.scratch_bytes = geometry.conv.scratch_bytes;
  return prepared;
}

#define LOCKSTEP_CONV_TRANSPOSE(isa)                                                                    \
  void conv_transpose_u8s8_##isa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) { \
    RunConvTranspose(args, begin, end, scratch, row_u8s8_##isa);                                        \
  }                                                                                                     \
  void conv_transpose_uxsx_##isa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) { \
    RunConvTranspose(args, begin, end, scratch, row_u8s8_##isa);                                        \
  }

#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
LOCKSTEP_CONV_TRANSPOSE(avx512vnni)
#endif

#if defined(LOCKSTEP_KERNELS_AVXVNNI)
LOCKSTEP_CONV_TRANSPOSE(avxvnni)
#endif

#if defined(LOCKSTEP_KERNELS_AVX2)
LOCKSTEP_CONV_TRANSPOSE(avx2)
#endif

#if defined(LOCKSTEP_KERNELS_NEON)
LOCKSTEP_CONV_TRANSPOSE(neon)
#endif

#if defined(LOCKSTEP_KERNELS_NEONDOT)
LOCKSTEP_CONV_TRANSPOSE(neondot)
#endif

#if defined(LOCKSTEP_KERNELS_NEONI8MM)
LOCKSTEP_CONV_TRANSPOSE(neoni8mm)
#endif

#if defined(LOCKSTEP_KERNELS_MSA)
LOCKSTEP_CONV_TRANSPOSE(msa)
#endif

#undef LOCKSTEP_CONV_TRANSPOSE

void conv_transpose_uxsx_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConvTranspose(
      args, begin, end, scratch,
      PortableVariant(DescribeConvTranspose(args).conv, args.layer->options_as_ConvTranspose()->acc_bits()));
}

void conv_transpose_u8s8_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  conv_transpose_uxsx_portable(args, begin, end, scratch);
}

}  // namespace lockstep::kernels
