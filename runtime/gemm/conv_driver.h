// What all variants of the quantised convolution share: geometry, scratch, the loop over rows and groups, and the
// table. A variant adds the inner loops over one row of output pixels; the transposed convolution runs the same
// variants.
//
// Weights are packed O16I4: [group][block of 16 channels][segment][quad][16][4]. A segment is a run of consecutive
// bytes of an input row: all of a kernel row's kw * ic bytes, or, with a horizontal dilation, the ic bytes of one tap.
#pragma once

#include <cstddef>

#include "ops/common/byte_table.h"
#include "ops/layer_args.h"

namespace lockstep::kernels {

inline constexpr int kBlockChannels = 16;
inline constexpr ptrdiff_t kQuadBytes = ptrdiff_t{kBlockChannels} * 4;  // of weights: 16 channels, 4 deep
inline constexpr int kRowSlack = 64;                                    // readable bytes behind every row in scratch
inline constexpr int kPointwisePixels = 48;                             // output pixels in a unit of a 1x1 convolution
inline constexpr int kMostPointwisePixels = 72;                         // in the last one, which takes up a short rest
inline constexpr int kPixelsAvx2 = 6;                                   // of a tile of row_u8s8_avx2
inline constexpr int64_t kPackedBytes = 22 << 10;      // of scratch for what a variant unpacks, at least
inline constexpr int64_t kPackedBytesAvx2 = 24 << 10;  // of pixels' words, if there is more than a tile
inline constexpr int kPanelPixels = 8;                 // pixels that a variant which packs them has side by side

struct ConvGeometry {
  int32_t in_h = 0, in_w = 0, in_c = 0;
  int32_t out_h = 0, out_w = 0, out_c = 0;
  int32_t groups = 1;
  int32_t group_in = 0, group_out = 0;  // channels of one group
  int32_t stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1, pad_top = 0, pad_left = 0;
  int32_t kernel_h = 1, kernel_w = 1;
  int32_t segments = 1;        // per output pixel
  int32_t quads = 1;           // of one segment
  int32_t blocks = 1;          // of 16 output channels, in one group
  bool pointwise = false;      // 1x1, stride 1, no padding, one group: pixels of all rows form one long row
  int64_t pixels = 0;          // output pixels, all images
  int32_t unit_pixels = 0;     // of a 1x1 convolution's units, but for the last, which takes up a short rest
  int64_t pixel_units = 1;     // output rows, or pieces of unit_pixels
  int32_t part_blocks = 4;     // of channels: a line of the cache, or half of one
  int32_t parts = 1;           // of the channels: part_blocks blocks and a last one, or the groups
  bool many_weights = false;   // more than inputs
  bool parts_first = false;    // the units of a part follow each other, not those of a pixel unit
  int64_t units = 1;           // each a part of the channels of a pixel unit
  int32_t row_pixels = 0;      // input pixels in a padded row
  int64_t row_stride = 0;      // bytes of one padded row of one group in scratch
  int32_t ring_rows = 1;       // padded rows that are alive at once
  int64_t ring_bytes = 0;      // of one byte of the inputs
  int32_t rows_together = 1;   // output rows whose input rows lie one behind the other in the ring
  int64_t units_together = 1;  // of a 1x1 convolution whose inputs lie in place
  int32_t packed_pixels = 0;   // so many of a row's can be packed at a time, in whole panels
  int32_t input_bytes = 1, weight_bytes = 1;  // of an element
  bool wide = false;                          // the kernels give sums, of one byte of the inputs and one of the weights
  bool wide_sums = false;                     // these may leave 32 bits
  int64_t pass_bytes = 0;                     // of the sums of a row
  // In scratch; the blocks' constants come first.
  size_t segments_offset = 0, packed_offset = 0, ring_offset = 0, waiting_offset = 0, sums_offset = 0, lanes_offset = 0;
  uint64_t scratch_bytes = 0;  // may be more than 32 bits hold
};

// Extents, channels and blocks of the images; all else as without a kernel.
ConvGeometry DescribeImages(const LayerArgs& args, int32_t groups);
ConvGeometry DescribeConv(const LayerArgs& args);

// A range of a Conv's units is a few rectangles: pixel units by parts of the channels.
struct ConvRange {
  int64_t begin, end;  // pixel units
  int32_t first_part, last_part;
};

template <typename Run>
void ForEachRange(const ConvGeometry& geometry, int64_t begin, int64_t end, Run run) {
  const int64_t inner = geometry.parts_first ? geometry.pixel_units : geometry.parts;
  while (begin < end) {
    const int64_t outer = begin / inner;
    const int64_t first = begin % inner;
    const bool whole = first == 0 && end - begin >= inner;
    const int64_t last = whole || end - begin > inner - first ? inner : first + end - begin;
    const int64_t next = whole ? end / inner : outer + 1;
    if (geometry.parts_first) {
      run(ConvRange{first, last, static_cast<int32_t>(outer), static_cast<int32_t>(next)});
    } else {
      run(ConvRange{outer, next, static_cast<int32_t>(first), static_cast<int32_t>(last)});
    }
    begin = whole ? next * inner : begin + last - first;
  }
}

// The channels of parts that follow each other, where there is one group.
struct ConvChannels {
  int32_t first, count, first_block, blocks;
};
ConvChannels ChannelsOf(const ConvGeometry& geometry, const ConvRange& range);

// Constants of 16 output channels; missing channels are zero with the shift of the block's first.
struct alignas(64) ConvBlock {
  int32_t acc_init[kBlockChannels];
  int32_t multiplier[kBlockChannels];
  int32_t shift[kBlockChannels];
};

// One row of output pixels, or a few that lie one behind the other, all channels of one group.
struct ConvRow {
  const uint8_t* const* segments;  // each segment's first byte for output pixel 0
  bool in_place = false;           // segments are the input's: nothing may be read behind the last pixel's
  int64_t pixel_step;              // bytes from one output pixel's segment to the next one's
  int32_t pixels;                  // of a row
  int32_t rows = 1;                // more for variants that take rows together, where the geometry has them so
  int64_t row_step = 0;            // bytes from one row's segments to the next one's
  int32_t segment_count;
  int32_t quads;              // of a segment; the bytes of the last one that lie behind the segment meet zero weights
  int32_t segment_bytes = 0;  // of which so many are no filling; 0: all
  int32_t channels;
  int32_t blocks;
  const int8_t* weights;
  const ConvBlock* constants;
  void* packed;                  // scratch for what a variant unpacks, aligned to 64
  int32_t packed_pixels;         // for a variant that packs pixels: behind a block's weights there is room for so many
  int32_t min_shift, max_shift;  // over the layer
  int32_t zero_point, low, high;
  bool wide_output;  // u16
  // Not null: 256 bytes that a variant which looks up applies to each value.
  const uint8_t* table;
  uint8_t* out;      // pixel 0, first channel of the group
  int64_t out_step;  // bytes from one output pixel to the next
  // Not null: nothing but the sums is wanted, for each pixel those of `blocks` blocks. Of 32 bits, or those of the
  // variant's accumulators if it has wider ones.
  void* sums;
};

inline constexpr int kMostPasses = 4;  // two bytes of inputs by two of weights

// The sums of the bytes of a row of output pixels, of one group's channels, and what is to be made of them:
// clamp(zero_point + rq(start + the sums, each so many times)).
struct SumsRow {
  int32_t passes;
  const void* sums[kMostPasses];  // [pixel][lane]; of 32 bits, or of 64 bits
  int64_t factor[kMostPasses];
  bool wide_sums;  // of 64 bits
  int32_t pixels;
  int64_t lanes;  // of a pixel: those of all blocks
  int32_t channels;
  // By lane.
  const int64_t* start;
  const int64_t* multiplier;
  const int64_t* shift;
  bool long_shifts;   // all of them are at least kLongShift
  bool short_shifts;  // all of them are at least 1
  bool narrow;        // 32 bits hold what is requantised
  int32_t zero_point, low, high;
  bool wide_output;  // u16
  uint8_t* out;
  int64_t out_step;
};

// Any of them.
void FinishSums(const SumsRow& row);
// Of sums of 32 bits with long shifts: compiled where LOCKSTEP_KERNELS_<SET> says so.
void FinishSumsNeon(const SumsRow& row);
void FinishSumsMsa(const SumsRow& row);

struct ConvVariant {
  bool signed_rows;  // rows hold x - 128 as s8, and acc_init makes up for it
  // Writes clamp(zero_point + rq(acc), low, high) in the output's type.
  void (*run_row)(const ConvRow& row);
  // y = table[y] for u8
  void (*apply_table)(const uint8_t* table, const Stretches<uint8_t>& y);
  void (*finish)(const SumsRow& row);  // of sums of 32 bits with long shifts
  bool looks_up = false;               // run_row applies a table of 256 bytes itself
  bool rows_together = false;          // run_row takes several rows, or units of a 1x1 convolution
  // The variant subtracts 128 itself, and acc_init makes up for it: from all rows, or with signed_rows from those that
  // are in place.
  bool signed_sums = false;
};

// One for each instruction set, in the file of its name: compiled where LOCKSTEP_KERNELS_<SET> says so.
extern const ConvVariant row_u8s8_avx512vnni;
extern const ConvVariant row_u8s8_avxvnni;
extern const ConvVariant row_u8s8_avx2;
extern const ConvVariant row_u8s8_neoni8mm;
extern const ConvVariant row_u8s8_neondot;
extern const ConvVariant row_u8s8_neon;
extern const ConvVariant row_u8s8_msa;
extern const ConvVariant row_u8s8_portable;
extern const ConvVariant row_u8s8_portable_acc64;  // sums of 64 bits

void RunConv(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch, const ConvVariant& variant);

// Variants of bytes with 32-bit accumulators accept layers for which the compiler proved that these suffice; those that
// put sums together (u8 and u16 inputs, s8 and s16 weights) accept the layers that need it if the sums of bytes do.
bool AcceptsConv32(const LayerArgs& args);
bool AcceptsConvPixels(const LayerArgs& args);  // so many that they are worth interleaving weights for
bool AcceptsConvBytes(const LayerArgs& args);
bool AcceptsConvSums(const LayerArgs& args);
// For every layer.
const ConvVariant& PortableVariant(const ConvGeometry& geometry, int acc_bits);

}  // namespace lockstep::kernels
