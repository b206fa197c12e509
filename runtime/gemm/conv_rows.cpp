#include "gemm/conv_rows.h"

#include "arithmetic/requantize.h"

namespace lockstep::kernels {
namespace {

template <typename Sum>
void AddRow(const Sum* __restrict sums, int64_t factor, int64_t* __restrict totals, int64_t count) {
  for (int64_t i = 0; i < count; ++i) totals[i] += factor * sums[i];
}

template <typename Out>
void Store(uint8_t* to, int64_t channel, int64_t value) {
  reinterpret_cast<Out*>(to)[channel] = static_cast<Out>(value);
}

}  // namespace

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

void ConvRows::AddSums(const RowPlace& place, bool first, int64_t factor) {
  const int64_t lanes = int64_t{row_.blocks} * kBlockChannels;
  if (first) {
    for (int64_t pixel = 0; pixel < row_.pixels; ++pixel) {
      int64_t* totals = totals_ + pixel * lanes;
      for (int64_t i = 0; i < row_.channels; ++i) totals[i] = channels_.Start(place.sums + i);
      for (int64_t i = row_.channels; i < lanes; ++i) totals[i] = 0;
    }
  }
  const int64_t count = row_.pixels * lanes;
  if (geometry_.wide_sums) {
    AddRow(static_cast<const int64_t*>(row_.sums), factor, totals_, count);
  } else {
    AddRow(static_cast<const int32_t*>(row_.sums), factor, totals_, count);
  }
}

void ConvRows::Finish(const RowPlace& place) const {
  const int64_t lanes = int64_t{row_.blocks} * kBlockChannels;
  const int32_t* multiplier = channels_.multiplier + place.channel;
  const int8_t* shift = channels_.shift + place.channel;
  const bool long_shifts = row_.min_shift >= kLongShift;
  for (int64_t pixel = 0; pixel < row_.pixels; ++pixel) {
    const int64_t* totals = totals_ + pixel * lanes;
    uint8_t* to = place.out + pixel * row_.out_step;
    for (int64_t i = 0; i < row_.channels; ++i) {
      const int64_t value = long_shifts ? RequantizeLong(totals[i], multiplier[i], shift[i])
                                        : rq1::RequantizeWide(totals[i], multiplier[i], shift[i]);
      const int64_t clamped = rq1::Clamp(row_.zero_point + value, row_.low, row_.high);
      row_.wide_output ? Store<uint16_t>(to, i, clamped) : Store<uint8_t>(to, i, clamped);
    }
  }
}

}  // namespace lockstep::kernels
