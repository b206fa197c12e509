#include "gemm/conv_rows.h"

#include "arithmetic/requantize.h"

namespace lockstep::kernels {
namespace {

template <typename Sum, typename Out>
void FinishRow(const SumsRow& row) {
  for (int64_t pixel = 0; pixel < row.pixels; ++pixel) {
    auto* to = reinterpret_cast<Out*>(row.out + pixel * row.out_step);
    for (int64_t i = 0; i < row.channels; ++i) {
      int64_t acc = row.start[i];
      for (int32_t pass = 0; pass < row.passes; ++pass) {
        acc += row.factor[pass] * static_cast<const Sum*>(row.sums[pass])[pixel * row.lanes + i];
      }
      const auto multiplier = static_cast<int32_t>(row.multiplier[i]);
      const auto shift = static_cast<int>(row.shift[i]);
      const int64_t value =
          row.long_shifts ? RequantizeLong(acc, multiplier, shift) : rq1::RequantizeWide(acc, multiplier, shift);
      to[i] = static_cast<Out>(rq1::Clamp(row.zero_point + value, row.low, row.high));
    }
  }
}

template <typename Sum>
void FinishRow(const SumsRow& row) {
  row.wide_output ? FinishRow<Sum, uint16_t>(row) : FinishRow<Sum, uint8_t>(row);
}

}  // namespace

void FinishSums(const SumsRow& row) { row.wide_sums ? FinishRow<int64_t>(row) : FinishRow<int32_t>(row); }

void ConvRows::FillAllBlocks(int32_t parts) {
  ConvBlock* to = blocks_;
  ChannelConstants channels = channels_;
  if (geometry_.wide) channels.acc_init = nullptr;  // what the sums start from is added in the end
  for (int32_t byte = 0; byte < geometry_.weight_bytes; ++byte) {
    for (int32_t part = 0; part < parts; ++part) {
      FillBlocks(geometry_, channels, variant_.signed_rows, to);
      to += int64_t{geometry_.groups} * geometry_.blocks;
      if (channels.acc_init != nullptr) channels.acc_init += geometry_.out_c;
      channels.weight_sum += geometry_.out_c;
    }
  }
}

SumsRow ConvRows::DescribeSums(const RowPlace& place) {
  SumsRow sums{};
  sums.lanes = int64_t{row_.blocks} * kBlockChannels;
  int64_t* start = lanes_;
  int64_t* multiplier = lanes_ + sums.lanes;
  int64_t* shift = lanes_ + 2 * sums.lanes;
  for (int64_t i = 0; i < row_.channels; ++i) {
    start[i] = channels_.Start(place.sums + i);
    multiplier[i] = channels_.multiplier[place.channel + i];
    shift[i] = channels_.shift[place.channel + i];
  }
  sums.wide_sums = geometry_.wide_sums;
  sums.pixels = row_.pixels;
  sums.channels = row_.channels;
  sums.start = start;
  sums.multiplier = multiplier;
  sums.shift = shift;
  sums.long_shifts = row_.min_shift >= kLongShift;
  sums.zero_point = row_.zero_point;
  sums.low = row_.low;
  sums.high = row_.high;
  sums.wide_output = row_.wide_output;
  sums.out = place.out;
  sums.out_step = row_.out_step;
  return sums;
}

void ConvRows::Finish(const SumsRow& sums) const {
  sums.long_shifts && !sums.wide_sums ? variant_.finish(sums) : FinishSums(sums);
}

}  // namespace lockstep::kernels
