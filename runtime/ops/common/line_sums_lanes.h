// Sixteen sums at a time. A part of the files line_sums_*.cpp that include it behind an instruction set's lanes.
#pragma once

#include "gemm/unroll.h"
#include "ops/common/line_sums.h"

namespace lockstep::kernels {
namespace {

constexpr ptrdiff_t kFewElements = 6;   // up to so many of a pixel are no vector
constexpr int32_t kMostByteTaps = 256;  // whose sum has 16 bits

template <bool kWeights>
[[gnu::always_inline]] inline lanes::Words AddTap(lanes::Words sum, lanes::Words x, lanes::Words weight) {
  return kWeights ? lanes::MultiplyAdd(sum, x, weight) : lanes::Add(sum, x);
}

// visit(place, count) for groups of sixteen, the last of which overlaps the one before; or for all, if they are fewer.
template <typename Visit>
[[gnu::always_inline]] inline void ForEachGroup(ptrdiff_t count, Visit visit) {
  if (count < lanes::kGroup) return visit(ptrdiff_t{0}, count);
  const ptrdiff_t last = count - lanes::kGroup;
  for (ptrdiff_t i = 0; i < last; i += lanes::kGroup) visit(i, ptrdiff_t{lanes::kGroup});
  visit(last, ptrdiff_t{lanes::kGroup});
}

// A few bytes of each row without weights: their sums have 16 bits.
lanes::Sixteen SumBytes(const RowsToSum& rows, const uint8_t* x) {
  lanes::Halves low = lanes::SplatHalves(0);
  lanes::Halves high = low;
  for (int32_t tap = 0; tap < rows.taps; ++tap, x += rows.step) {
    const lanes::Bytes bytes = lanes::LoadBytes(x);
    low = lanes::Add(low, lanes::LowOf(bytes));
    high = lanes::Add(high, lanes::HighOf(bytes));
  }
  return {{lanes::LowOf(low), lanes::HighOf(low), lanes::LowOf(high), lanes::HighOf(high)}};
}

template <bool kWeights>
void SumRowsOf(const RowsToSum& rows) {
  const int size = rows.wide ? 2 : 1;
  int32_t weights = 0;
  for (int32_t tap = 0; tap < rows.taps; ++tap) weights += kWeights ? rows.weights[tap] : 1;
  const lanes::Words start = lanes::SplatWords(-weights * rows.zero_point);
  lanes::Elements part;
  ForEachGroup(
      rows.count, [&](ptrdiff_t i, ptrdiff_t count) __attribute__((always_inline)) {
        const uint8_t* x = rows.x + i * size;
        lanes::Sixteen sums = {{start, start, start, start}};
        if (!kWeights && !rows.wide && count == lanes::kGroup && rows.taps <= kMostByteTaps) {
          const lanes::Sixteen bytes = SumBytes(rows, x);
          Unroll<4>([&](auto v) { sums.value[v] = lanes::Add(start, bytes.value[v]); });
        } else {
          for (int32_t tap = 0; tap < rows.taps; ++tap, x += rows.step) {
            const lanes::Sixteen elements = lanes::LoadSixteen(part.Load(x, count, size), rows.wide);
            const lanes::Words weight = lanes::SplatWords(kWeights ? rows.weights[tap] : 1);
            Unroll<4>([&](auto v) { sums.value[v] = AddTap<kWeights>(sums.value[v], elements.value[v], weight); });
          }
        }
        Unroll<4>([&](auto v) { lanes::StoreWords(sums.value[v], rows.to + i + 4 * v); });
      });
}

// values(from, weights) gives what is in front of the zero point of sixteen sums.
template <typename Values>
[[gnu::always_inline]] inline void WritePixels(const PixelsToSum& pixels, Values values) {
  const lanes::Limits limits(pixels.zero_point, pixels.low, pixels.high);
  const int size = pixels.wide_y ? 2 : 1;
  const int32_t* weights = pixels.weights;
  lanes::Elements part;
  for (ptrdiff_t pixel = 0; pixel < pixels.pixels; ++pixel) {
    const int32_t* from = pixels.sums + pixels.first[pixel] * pixels.count;
    uint8_t* y = pixels.y + pixel * pixels.y_step;
    ForEachGroup(
        pixels.count, [&](ptrdiff_t i, ptrdiff_t count) __attribute__((always_inline)) {
          lanes::Sixteen group = values(from + i, weights);
          Unroll<4>([&](auto v) { group.value[v] = limits.Of(group.value[v]); });
          uint8_t* to = y + i * size;
          lanes::StoreSixteen(group, part.Place(to, count), pixels.wide_y);
          part.Store(to, count, size);
        });
    if (weights != nullptr) weights += pixels.taps;
  }
}

template <bool kWeights, bool kShort>
void SumPixelsOf(const PixelsToSum& pixels) {
  const lanes::Scale by = lanes::ScaleOf(lanes::SplatWords(pixels.multiplier), lanes::SplatWords(pixels.shift));
  WritePixels(
      pixels, [&](const int32_t* from, const int32_t* weights) __attribute__((always_inline)) {
        lanes::Sixteen sums = lanes::SplatSixteen(pixels.start);
        for (int32_t tap = 0; tap < pixels.taps; ++tap, from += pixels.count) {
          const lanes::Words weight = lanes::SplatWords(kWeights ? weights[tap] : 1);
          Unroll<4>(
              [&](auto v) { sums.value[v] = AddTap<kWeights>(sums.value[v], lanes::LoadWords(from + 4 * v), weight); });
        }
        Unroll<4>([&](auto v) {
          sums.value[v] = kShort ? lanes::RequantizeShort(sums.value[v], by) : lanes::RequantizeAny(sums.value[v], by);
        });
        return sums;
      });
}

void SumWidePixels(const PixelsToSum& pixels) {
  const lanes::LongScale by(lanes::SplatWords(pixels.multiplier), lanes::SplatWords(pixels.shift));
  WritePixels(
      pixels, [&](const int32_t* first, const int32_t* weights) __attribute__((always_inline)) {
        lanes::Sixteen values;
        for (int v = 0; v < 4; ++v) {
          const int32_t* from = first + 4 * v;
          lanes::Longs low = lanes::SplatLongs(pixels.start);
          lanes::Longs high = low;
          for (int32_t tap = 0; tap < pixels.taps; ++tap, from += pixels.count) {
            const lanes::Words weight = lanes::SplatWords(weights[tap]);
            low = lanes::Add(low, lanes::ProductsLow(lanes::LoadWords(from), weight));
            high = lanes::Add(high, lanes::ProductsHigh(lanes::LoadWords(from), weight));
          }
          values.value[v] = by.Of(low, high);
        }
        return values;
      });
}

// One element after another.
void SumFewElements(const PixelsToSum& pixels) {
  const int64_t half = int64_t{1} << (30 + pixels.shift);
  const int32_t* weights = pixels.weights;
  const ptrdiff_t length = pixels.count;
  for (ptrdiff_t pixel = 0; pixel < pixels.pixels; ++pixel, weights += pixels.taps) {
    const int32_t* from = pixels.sums + pixels.first[pixel] * length;
    uint8_t* y = pixels.y + pixel * pixels.y_step;
    for (ptrdiff_t i = 0; i < length; ++i) {
      int32_t sum = pixels.start;
      for (int32_t tap = 0; tap < pixels.taps; ++tap) sum += weights[tap] * from[i + tap * length];
      int64_t value = pixels.zero_point + ((int64_t{sum} * pixels.multiplier + half) >> (31 + pixels.shift));
      value = value < pixels.low ? pixels.low : value;
      value = value > pixels.high ? pixels.high : value;
      if (pixels.wide_y) {
        reinterpret_cast<uint16_t*>(y)[i] = static_cast<uint16_t>(value);
      } else {
        y[i] = static_cast<uint8_t>(value);
      }
    }
  }
}

void SumRowsLanes(const RowsToSum& rows) { rows.weights != nullptr ? SumRowsOf<true>(rows) : SumRowsOf<false>(rows); }

void SumPixelsLanes(const PixelsToSum& pixels) {
  if (pixels.wide_sums) {
    SumWidePixels(pixels);
  } else if (pixels.weights == nullptr) {
    pixels.shift >= 1 ? SumPixelsOf<false, true>(pixels) : SumPixelsOf<false, false>(pixels);
  } else if (pixels.count <= kFewElements) {
    SumFewElements(pixels);
  } else {
    pixels.shift >= 1 ? SumPixelsOf<true, true>(pixels) : SumPixelsOf<true, false>(pixels);
  }
}

}  // namespace
}  // namespace lockstep::kernels
