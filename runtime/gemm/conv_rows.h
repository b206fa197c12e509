// What stands between a driver and the kernels of a row of output pixels: constants of all channels, memory, the table
// behind the sums. Where inputs or weights have 16 bits it runs the kernels of bytes, which give sums then, once for
// each byte of an input and of a weight, and puts the sums together.
#pragma once

#include "gemm/conv_constants.h"
#include "gemm/row_ring.h"

namespace lockstep::kernels {

// A group of a row of output pixels. Offsets count from the layer's begin.
struct RowPlace {
  int64_t weights;  // bytes of one byte of each weight
  int64_t block;    // of constants
  int64_t sums;     // entries of acc_init
  int32_t channel;  // output channel
  uint8_t* out;     // of the first pixel and channel, in front of the table
};

class ConvRows {
 public:
  // `parts`: so many times acc_init has an entry for each channel.
  template <typename Options>
  ConvRows(const Options& options, const LayerArgs& args, const ConvGeometry& geometry, int32_t parts,
           const ConvVariant& variant, uint8_t* scratch)
      : geometry_(geometry),
        variant_(variant),
        weights_(reinterpret_cast<const int8_t*>(args.inputs[1].data)),
        weight_bytes_(static_cast<int64_t>(args.inputs[1].bytes) / geometry.weight_bytes),
        channels_(ConstantsOf(options)),
        narrow_(options.acc_bits() == 32),
        blocks_(reinterpret_cast<ConvBlock*>(scratch)),
        blocks_of_byte_(int64_t{parts} * geometry.groups * geometry.blocks),
        segments_(reinterpret_cast<const uint8_t**>(scratch + geometry.segments_offset)),
        memory_(scratch + geometry.ring_offset),
        sums_(scratch + geometry.sums_offset),
        lanes_(reinterpret_cast<int64_t*>(scratch + geometry.lanes_offset)),
        table_(options, variant, args.outputs[0], geometry.wide, scratch + geometry.waiting_offset) {
    FillAllBlocks(parts);
    FillRow(options, args.outputs[0], geometry.group_out, &row_);
    row_.segments = segments_;
    row_.packed = scratch + geometry.packed_offset;
    row_.packed_pixels = geometry.packed_pixels;
    row_.blocks = geometry.blocks;
    row_.table = table_.in_row();
  }

  ConvRow& row() { return row_; }
  const OutputTable& table() const { return table_; }
  uint8_t flip() const { return variant_.signed_rows ? kSignFlip : 0; }
  // Memory for one byte of each of the input's elements.
  uint8_t* memory(int32_t byte) const { return memory_ + byte * geometry_.ring_bytes; }

  // point(byte, segments): where the row's segments of one byte of the inputs begin.
  template <typename PointSegments>
  void Run(const RowPlace& place, PointSegments point) {
    row_.out = place.out;
    if (!geometry_.wide) {
      point(0, segments_);
      row_.weights = weights_ + place.weights;
      row_.constants = blocks_ + place.block;
      variant_.run_row(row_);
      return;
    }
    SumsRow sums = DescribeSums(place);
    for (int32_t byte = 0; byte < geometry_.input_bytes; ++byte) {
      point(byte, segments_);
      RunPasses(byte, place, &sums);
    }
    Finish(sums);
  }

 private:
  void FillAllBlocks(int32_t parts);
  SumsRow DescribeSums(const RowPlace& place);
  // All passes of a byte of the inputs.
  void RunPasses(int32_t byte, const RowPlace& place, SumsRow* sums);
  void Finish(const SumsRow& sums) const;

  const ConvGeometry& geometry_;
  const ConvVariant& variant_;
  const int8_t* weights_;
  int64_t weight_bytes_;  // of one byte of each weight
  ChannelConstants channels_;
  bool narrow_;        // 32 bits hold every sum
  ConvBlock* blocks_;  // [byte of a weight][part][group][block]
  int64_t blocks_of_byte_;
  const uint8_t** segments_;
  uint8_t* memory_;
  uint8_t* sums_;   // [pass][pixel][lane]
  int64_t* lanes_;  // constants of a group's lanes
  OutputTable table_;
  ConvRow row_{};
};

}  // namespace lockstep::kernels
