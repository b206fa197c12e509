// Tiles of four pixels by four channels: sixteen accumulators and what they multiply fit into the registers of a core
// without a vector unit, and the loops over a tile have constant bounds, so that a compiler with one can vectorise
// them.
#include <cstddef>
#include <cstring>

#include "kernels/conv_driver.h"
#include "kernels/requantize.h"

namespace lockstep::kernels {
namespace {

constexpr int kTilePixels = 3;
constexpr int kTileChannels = 4;
constexpr int kDepth = 4;

// One segment for kPixels pixels. Not inlined, so that nothing else asks for registers.
template <int kPixels, typename Accumulator>
[[gnu::noinline]] void AccumulateSegment(const uint8_t* first, ptrdiff_t pixel_step, const int8_t* weights,
                                         int32_t quads, Accumulator* tile) {
  Accumulator acc[kPixels][kTileChannels];
  const uint8_t* x[kPixels];
  for (int p = 0; p < kPixels; ++p) {
    x[p] = first + p * pixel_step;
    for (int o = 0; o < kTileChannels; ++o) acc[p][o] = tile[p * kTileChannels + o];
  }
  const int8_t* end = weights + ptrdiff_t{quads} * kQuadBytes;
  for (; weights != end; weights += kQuadBytes) {
    for (int i = 0; i < kDepth; ++i) {
      int32_t w[kTileChannels];
      for (int o = 0; o < kTileChannels; ++o) w[o] = weights[o * kDepth + i];
      for (int p = 0; p < kPixels; ++p) {
        const int32_t value = x[p][i];
        for (int o = 0; o < kTileChannels; ++o) acc[p][o] += value * w[o];
      }
    }
    for (int p = 0; p < kPixels; ++p) x[p] += kDepth;
  }
  for (int p = 0; p < kPixels; ++p) {
    for (int o = 0; o < kTileChannels; ++o) tile[p * kTileChannels + o] = acc[p][o];
  }
}

void Store(const ConvRow& row, int64_t pixel, int32_t channel, int32_t value) {
  if (row.wide_output) {
    const auto wide = static_cast<uint16_t>(value);
    std::memcpy(row.out + pixel * row.out_step + int64_t{2} * channel, &wide, sizeof wide);
  } else {
    row.out[pixel * row.out_step + channel] = static_cast<uint8_t>(value);
  }
}

int32_t Finish(const ConvRow& row, int32_t acc, int32_t multiplier, int32_t shift) {
  if (row.min_shift >= kHighWordShift) {
    return Clamp32(row.zero_point + RequantizeHighWord(acc, multiplier, shift), row.low, row.high);
  }
  return RequantizeClamped(acc, multiplier, shift, row.zero_point, row.low, row.high);
}

int32_t Finish(const ConvRow& row, int64_t acc, int32_t multiplier, int32_t shift) {
  const int64_t value = row.zero_point + rq1::RequantizeWide(acc, multiplier, shift);
  return static_cast<int32_t>(rq1::Clamp(value, row.low, row.high));
}

template <int kPixels, typename Accumulator>
void Tile(const ConvRow& row, int32_t block, int32_t lane, int64_t pixel) {
  const ConvBlock& constants = row.constants[block];
  const ptrdiff_t segment_weights = ptrdiff_t{row.quads} * kQuadBytes;
  const int8_t* weights = row.weights + block * row.segment_count * segment_weights + lane * kDepth;
  Accumulator acc[kPixels * kTileChannels];
  for (int i = 0; i < kPixels * kTileChannels; ++i) acc[i] = constants.acc_init[lane + i % kTileChannels];
  for (int32_t segment = 0; segment < row.segment_count; ++segment, weights += segment_weights) {
    AccumulateSegment<kPixels>(row.segments[segment] + pixel * row.pixel_step, static_cast<ptrdiff_t>(row.pixel_step),
                               weights, row.quads, acc);
  }
  const int32_t first = block * kBlockChannels + lane;
  for (int o = 0; o < kTileChannels && first + o < row.channels; ++o) {
    const int32_t multiplier = constants.multiplier[lane + o];
    const int32_t shift = constants.shift[lane + o];
    for (int p = 0; p < kPixels; ++p) {
      Store(row, pixel + p, first + o, Finish(row, acc[p * kTileChannels + o], multiplier, shift));
    }
  }
}

template <typename Accumulator>
void RunRow(const ConvRow& row) {
  for (int32_t first = 0; first < row.channels; first += kTileChannels) {
    const int32_t block = first / kBlockChannels;
    const int32_t lane = first % kBlockChannels;
    int64_t pixel = 0;
    for (; pixel + kTilePixels <= row.pixels; pixel += kTilePixels) {
      Tile<kTilePixels, Accumulator>(row, block, lane, pixel);
    }
    if (row.pixels - pixel == 2) Tile<2, Accumulator>(row, block, lane, pixel);
    if (row.pixels - pixel == 1) Tile<1, Accumulator>(row, block, lane, pixel);
  }
}

constexpr ConvVariant kNarrow{false, RunRow<int32_t>, ApplyTable};
constexpr ConvVariant kWide{false, RunRow<int64_t>, ApplyTable};

}  // namespace

void conv_u8s8_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunConv(args, begin, end, scratch, AcceptsConv32(args) ? kNarrow : kWide);
}

}  // namespace lockstep::kernels
