// The padded input rows of a convolution in scratch.
#pragma once

#include "gemm/conv_driver.h"

namespace lockstep::kernels {

inline constexpr uint8_t kSignFlip = 0x80;  // x - 128 as s8 is x with the top bit flipped

// Pixels of an input, `step` bytes from one to the next; of an element of two bytes one is taken, the one at `from`.
struct Pixels {
  const uint8_t* from;
  int64_t count;
  int64_t step;
  int32_t element = 1;
};

// The first `channels` of each, side by side; as x - 128 when flip is kSignFlip.
void CopyPixels(const Pixels& pixels, int64_t channels, uint8_t* to, uint8_t flip);

// Row r of an image (counted from the top of the padding) lies in slot r mod ring_rows; the rows of one image are asked
// for in ascending order, so that neighbouring output rows share what they both read. With `from_the_first` the first
// of those that are asked for lies in slot 0, and all of them are read anew. The bytes of elements of two lie apart, in
// a ring for the low ones and one for the high ones.
class RowRing {
 public:
  RowRing(const ConvGeometry& geometry, const TensorView& input, uint8_t flip, uint8_t* memory,
          bool from_the_first = false)
      : geometry_(geometry), input_(input), flip_(flip), memory_(memory), from_the_first_(from_the_first) {}

  void Load(int64_t image, int64_t first, int64_t last);
  const uint8_t* Row(int64_t row, int32_t group, int32_t byte = 0) const {
    return Slot(row, byte) + group * geometry_.row_stride;
  }

 private:
  uint8_t* Slot(int64_t row, int32_t byte) const {
    return memory_ + byte * geometry_.ring_bytes +
           ((row - slot_0_) % geometry_.ring_rows) * geometry_.groups * geometry_.row_stride;
  }
  void Fill(uint8_t* to, int64_t bytes, int32_t byte) const;
  void CopyRow(int64_t row, int32_t byte);

  const ConvGeometry& geometry_;
  const TensorView& input_;
  uint8_t flip_;
  uint8_t* memory_;
  bool from_the_first_;
  int64_t slot_0_ = 0;  // the row there
  int64_t image_ = -1;
  int64_t next_ = 0;
};

}  // namespace lockstep::kernels
