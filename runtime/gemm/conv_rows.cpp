#include "gemm/conv_rows.h"

#include "arithmetic/requantize.h"
#include "arithmetic/rq1.h"

namespace lockstep::kernels {
namespace {

int64_t SumOf(const SumsRow& row, int32_t pass, int64_t place) {
  return row.wide_sums ? static_cast<const int64_t*>(row.sums[pass])[place]
                       : static_cast<const int32_t*>(row.sums[pass])[place];
}

}  // namespace

void FinishSums(const SumsRow& row) {
  for (int64_t pixel = 0; pixel < row.pixels; ++pixel) {
    uint8_t* to = row.out + pixel * row.out_step;
    for (int64_t i = 0; i < row.channels; ++i) {
      int64_t acc = row.start[i];
      for (int32_t pass = 0; pass < row.passes; ++pass) {
        acc += row.factor[pass] * SumOf(row, pass, pixel * row.lanes + i);
      }
      const auto multiplier = static_cast<int32_t>(row.multiplier[i]);
      const auto shift = static_cast<int>(row.shift[i]);
      int64_t value =
          row.long_shifts ? RequantizeLong(acc, multiplier, shift) : rq1::RequantizeWide(acc, multiplier, shift);
      value = rq1::Clamp(row.zero_point + value, row.low, row.high);
      if (row.wide_output) {
        reinterpret_cast<uint16_t*>(to)[i] = static_cast<uint16_t>(value);
      } else {
        to[i] = static_cast<uint8_t>(value);
      }
    }
  }
}

void ConvRows::FillAllBlocks(int32_t parts) {
  ConvBlock* to = blocks_;
  ChannelConstants channels = channels_;
  if (geometry_.wide) channels.acc_init = nullptr;  // what the sums start from is added in the end
  for (int32_t byte = 0; byte < geometry_.weight_bytes; ++byte) {
    for (int32_t part = 0; part < parts; ++part) {
      FillBlocks(geometry_, channels, variant_.signed_rows || variant_.signed_sums, to);
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
  sums.short_shifts = row_.min_shift >= 1;
  sums.narrow = narrow_;
  sums.zero_point = row_.zero_point;
  sums.low = row_.low;
  sums.high = row_.high;
  sums.wide_output = row_.wide_output;
  sums.out = place.out;
  sums.out_step = row_.out_step;
  return sums;
}

void ConvRows::RunPasses(int32_t byte, const RowPlace& place, SumsRow* sums) {
  constexpr int64_t kInputBase = 256;  // of the high byte of an input
  for (int32_t weight_byte = 0; weight_byte < geometry_.weight_bytes; ++weight_byte) {
    const bool high = weight_byte + 1 < geometry_.weight_bytes;
    row_.weights = weights_ + weight_byte * weight_bytes_ + place.weights;
    row_.constants = blocks_ + weight_byte * blocks_of_byte_ + place.block;
    row_.sums = sums_ + sums->passes * geometry_.pass_bytes;
    variant_.run_row(row_);
    sums->sums[sums->passes] = row_.sums;
    sums->factor[sums->passes++] = (byte == 0 ? 1 : kInputBase) * (high ? rq1::kWeightBase : 1);
  }
}

void ConvRows::Finish(const SumsRow& sums) const {
  if (sums.long_shifts && !sums.wide_sums) {
    variant_.finish(sums);
  } else {
    FinishSums(sums);
  }
}

}  // namespace lockstep::kernels
