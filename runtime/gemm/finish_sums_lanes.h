// What becomes of the sums of bytes of a row, sixteen channels at a time. A part of the files finish_sums_*.cpp that
// include it behind an instruction set's lanes.
#pragma once

#include "gemm/conv_driver.h"
#include "gemm/unroll.h"

namespace lockstep::kernels {
namespace {

constexpr int kQuarters = 4;  // of a block of channels

// A block's constants in 32 bits; starts are 0 where they need more.
struct BlockOfSums {
  int32_t start[kBlockChannels], multiplier[kBlockChannels], shift[kBlockChannels];

  BlockOfSums(const SumsRow& row, int64_t first) {
    for (int i = 0; i < kBlockChannels; ++i) {
      const bool real = first + i < row.channels;
      start[i] = real && row.narrow ? static_cast<int32_t>(row.start[first + i]) : 0;
      multiplier[i] = real ? static_cast<int32_t>(row.multiplier[first + i]) : 0;
      shift[i] = real ? static_cast<int32_t>(row.shift[first + i]) : 1;
    }
  }
};

const int32_t* SumsOf(const SumsRow& row, int32_t pass, int64_t place) {
  return static_cast<const int32_t*>(row.sums[pass]) + place;
}

// values(place, quarter) gives what is in front of the zero point.
template <typename Values>
[[gnu::always_inline]] inline void ForEachPixel(const SumsRow& row, int64_t first, Values values) {
  const lanes::Limits limits(row.zero_point, row.low, row.high);
  const int size = row.wide_output ? 2 : 1;
  const auto count = static_cast<ptrdiff_t>(row.channels - first);
  lanes::Elements part;
  uint8_t* to = row.out + first * size;
  for (int64_t place = first; place < row.pixels * row.lanes; place += row.lanes, to += row.out_step) {
    lanes::Sixteen y;
    Unroll<kQuarters>([&](auto v) { y.value[v] = limits.Of(values(place, v)); });
    lanes::StoreSixteen(y, part.Place(to, count), row.wide_output);
    part.Store(to, count, size);
  }
}

// Two passes are nearly all that there is: elements of 16 bits with weights of 8.
template <bool kShort>
void FinishNarrow(const SumsRow& row, int64_t first) {
  const BlockOfSums block(row, first);
  lanes::Words factor[kMostPasses];
  for (int32_t pass = 0; pass < row.passes; ++pass)
    factor[pass] = lanes::SplatWords(static_cast<int32_t>(row.factor[pass]));
  ForEachPixel(
      row, first, [&](int64_t place, int v) __attribute__((always_inline)) {
        lanes::Words acc = lanes::LoadWords(block.start + 4 * v);
        for (int32_t pass = 0; pass < row.passes; ++pass) {
          acc = lanes::MultiplyAdd(acc, lanes::LoadWords(SumsOf(row, pass, place + 4 * v)), factor[pass]);
        }
        const lanes::Scale by =
            lanes::ScaleOf(lanes::LoadWords(block.multiplier + 4 * v), lanes::LoadWords(block.shift + 4 * v));
        return kShort ? lanes::RequantizeShort(acc, by) : lanes::RequantizeAny(acc, by);
      });
}

void FinishWide(const SumsRow& row, int64_t first) {
  const BlockOfSums block(row, first);
  int64_t start[kBlockChannels];
  for (int i = 0; i < kBlockChannels; ++i) start[i] = first + i < row.channels ? row.start[first + i] : 0;
  ForEachPixel(
      row, first, [&](int64_t place, int v) __attribute__((always_inline)) {
        lanes::Longs low = lanes::LoadLongs(start + 4 * v);
        lanes::Longs high = lanes::LoadLongs(start + 4 * v + 2);
        for (int32_t pass = 0; pass < row.passes; ++pass) {
          const lanes::Words factor = lanes::SplatWords(static_cast<int32_t>(row.factor[pass]));
          const lanes::Words sums = lanes::LoadWords(SumsOf(row, pass, place + 4 * v));
          low = lanes::Add(low, lanes::ProductsLow(sums, factor));
          high = lanes::Add(high, lanes::ProductsHigh(sums, factor));
        }
        return lanes::LongScale(lanes::LoadWords(block.multiplier + 4 * v), lanes::LoadWords(block.shift + 4 * v))
            .Of(low, high);
      });
}

void FinishLanes(const SumsRow& row) {
  for (int64_t first = 0; first < row.channels; first += kBlockChannels) {
    if (!row.narrow) {
      FinishWide(row, first);
    } else if (row.short_shifts) {
      FinishNarrow<true>(row, first);
    } else {
      FinishNarrow<false>(row, first);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
