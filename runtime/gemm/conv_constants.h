// What the drivers take from a layer's options: the constants of its output channels, requantisation and table.
#pragma once

#include <algorithm>

#include "gemm/conv_driver.h"

namespace lockstep::kernels {

struct ChannelConstants {
  const int32_t* acc_init;
  const int32_t* weight_sum;
  const int32_t* multiplier;
  const int8_t* shift;
};

template <typename Options>
ChannelConstants ConstantsOf(const Options& options) {
  return {options.acc_init()->data(), options.weight_sum()->data(), options.multiplier()->data(),
          options.shift()->data()};
}

// groups * blocks blocks.
void FillBlocks(const ConvGeometry& geometry, const ChannelConstants& channels, bool signed_rows, ConvBlock* blocks);

// What is the same for every row of a layer.
template <typename Options>
void FillRow(const Options& options, const TensorView& y, int32_t channels, ConvRow* row) {
  const auto* begin = options.shift()->data();
  const auto* end = begin + options.shift()->size();
  row->min_shift = *std::min_element(begin, end);
  row->max_shift = *std::max_element(begin, end);
  row->channels = channels;
  row->zero_point = options.mid_zero_point();
  row->low = options.clamp_low();
  row->high = options.clamp_high();
  row->wide_output = y.dtype == joint::DType::U16;
}

// y = table[y] for all channels of neighbouring output pixels, the first of them at `first`.
void ApplyOutputTable(const ConvVariant& variant, const uint8_t* table, const TensorView& y, uint8_t* first,
                      int64_t pixels);

// Row stride and scratch offsets of a geometry that is complete but for these; so many blocks of constants.
void PlaceScratch(int64_t blocks, ConvGeometry* geometry);

}  // namespace lockstep::kernels
