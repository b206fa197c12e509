// What the drivers take from a layer's options: the constants of its output channels, requantisation and table.
#pragma once

#include <algorithm>

#include "gemm/conv_driver.h"

namespace lockstep::kernels {

struct ChannelConstants {
  const int32_t* acc_init;
  const int64_t* acc_init64;  // where it is not null, in place of acc_init
  const int32_t* weight_sum;
  const int32_t* multiplier;
  const int8_t* shift;

  int64_t Start(int64_t entry) const { return acc_init64 != nullptr ? acc_init64[entry] : acc_init[entry]; }
};

template <typename Options>
ChannelConstants ConstantsOf(const Options& options) {
  const bool wide = options.acc_init()->size() == 0;
  return {options.acc_init()->data(), wide ? options.acc_init64()->data() : nullptr, options.weight_sum()->data(),
          options.multiplier()->data(), options.shift()->data()};
}

// groups * blocks blocks; without acc_init sums start from 0. `signed_sums`: of x - 128 instead of x.
void FillBlocks(const ConvGeometry& geometry, const ChannelConstants& channels, bool signed_sums, ConvBlock* blocks);

// Where a row of output pixels goes, and the table behind it. Values in front of a table of bytes that has more than
// 256 entries have two bytes, and wait in scratch for their entries.
class OutputTable {
 public:
  // `scratch`: OutputTableBytes for the longest row; `sums`: the kernels of rows give no values.
  template <typename Options>
  OutputTable(const Options& options, const ConvVariant& variant, const TensorView& y, bool sums, uint8_t* scratch)
      : variant_(variant), y_(y), table_(options.table() != nullptr ? options.table()->data() : nullptr) {
    if (WaitsInScratch(options, y)) waiting_ = reinterpret_cast<uint16_t*>(scratch);
    in_row_ = variant.looks_up && !sums && y.dtype == joint::DType::U8 && waiting_ == nullptr;
  }

  template <typename Options>
  static bool WaitsInScratch(const Options& options, const TensorView& y) {
    return options.table() != nullptr && y.dtype == joint::DType::U8 && options.table()->size() > kByteTableEntries;
  }

  // Bytes of a value in front of the table, and from one output pixel of the row to the next.
  int64_t element() const { return waiting_ != nullptr ? 2 : joint::ElementBytes(y_.dtype); }
  int64_t step() const { return (waiting_ != nullptr ? RowLength(y_) : y_.pitch) * element(); }
  bool waits() const { return waiting_ != nullptr; }
  // Where the kernels write the row whose first pixel lies at `first`.
  uint8_t* Row(uint8_t* first) const { return waiting_ != nullptr ? reinterpret_cast<uint8_t*>(waiting_) : first; }
  // What ConvRow has.
  const uint8_t* in_row() const { return in_row_ ? table_ : nullptr; }
  // y = table[what the kernels wrote] for so many channels from `first` on of so many neighbouring pixels; for all
  // channels where values wait in scratch.
  void Apply(uint8_t* first, int64_t pixels, int64_t channels) const;

 private:
  static constexpr size_t kByteTableEntries = 256;

  const ConvVariant& variant_;
  const TensorView& y_;
  const uint8_t* table_;
  uint16_t* waiting_ = nullptr;
  bool in_row_;  // the kernels of rows look up
};

template <typename Options>
int64_t OutputTableBytes(const Options& options, const TensorView& y, int64_t pixels) {
  return OutputTable::WaitsInScratch(options, y) ? 2 * pixels * RowLength(y) : 0;
}

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
  row->wide_output = y.dtype == joint::DType::U16 || OutputTable::WaitsInScratch(options, y);
}

// The bytes of inputs and weights, and whether the sums of bytes must be put together.
template <typename Options>
void DescribeBytes(const Options& options, const LayerArgs& args, ConvGeometry* geometry) {
  geometry->input_bytes = joint::ElementBytes(args.inputs[0].dtype);
  geometry->weight_bytes = joint::ElementBytes(args.inputs[1].dtype);
  geometry->wide = geometry->input_bytes > 1 || geometry->weight_bytes > 1 || options.acc_init()->size() == 0;
}

// How many pixels are taken together where a variant puts them in order first, and the memory for that. With i8mm so
// many that they are worth interleaving weights for.
#if defined(LOCKSTEP_KERNELS_NEONI8MM)
inline constexpr int64_t kPixelsTogether = 256;
inline constexpr int64_t kPanelBytes = 256 << 10;
#elif defined(LOCKSTEP_KERNELS_NEON)
inline constexpr int64_t kPixelsTogether = 64;
inline constexpr int64_t kPanelBytes = 64 << 10;
#else
inline constexpr int64_t kPixelsTogether = 0;
inline constexpr int64_t kPanelBytes = 0;
#endif

// Of a pixel: pairs of quads, and a multiple of 16.
inline int64_t PanelPixelBytes(const ConvGeometry& g) {
  return (int64_t{g.segments} * ((g.quads + 1) / 2) + 1) / 2 * 16;
}

// Row stride and scratch offsets of a geometry that is complete but for these. `parts`: so many times there are
// constants for all channels; `pixels`: of the longest row.
struct ScratchNeeds {
  int64_t parts, pixels;
  int64_t waiting;       // OutputTableBytes
  const Kernel* kernel;  // of the layer's arguments
};
void PlaceScratch(const ScratchNeeds& needs, ConvGeometry* geometry);

}  // namespace lockstep::kernels
