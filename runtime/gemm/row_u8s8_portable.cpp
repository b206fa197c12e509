// Two pixels share a multiplication: a packed word holds one byte of each, 23 bits apart, and its product with a weight
// goes into a 64-bit sum that keeps both pixels' sums side by side for up to 128 terms. A core without a vector unit
// has just the instruction for that (madd on MIPS, smlal on ARM), so two multiply-accumulates are three instructions.
// Tiles of 32-bit accumulators take 1.6 times as many on mips32r2, for their additions and for what spills.
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "arithmetic/requantize.h"
#include "gemm/conv_driver.h"
#include "ops/common/byte_table.h"

namespace lockstep::kernels {
namespace {

constexpr ptrdiff_t kDepth = 4;
constexpr int kLaneBits = 23;           // 255 << 23 is the largest that fits into 31 bits
constexpr ptrdiff_t kQuadsPerSum = 32;  // 128 products of at most 255 * 127 stay below 2^22
constexpr ptrdiff_t kUnrolledQuads = 4;
constexpr int32_t kBlocksPerPacking = 2;  // channels for which the packed pixels are used before the next are packed

template <typename Accumulator>
struct PixelPair {
  Accumulator first, second;
};

void PackPixels(const ConvRow& row, int64_t first, int64_t second) {
  uint32_t* to = row.packed;
  const ptrdiff_t bytes = row.quads * kDepth;
  for (int32_t segment = 0; segment < row.segment_count; ++segment, to += bytes) {
    const uint8_t* a = row.segments[segment] + first * row.pixel_step;
    const uint8_t* b = row.segments[segment] + second * row.pixel_step;
    for (ptrdiff_t i = 0; i < bytes; ++i) to[i] = a[i] | (static_cast<uint32_t>(b[i]) << kLaneBits);
  }
}

template <ptrdiff_t kQuads>
int64_t SumOfQuads(int64_t sum, const uint32_t* packed, const int8_t* weights) {
  for (ptrdiff_t quad = 0; quad < kQuads; ++quad) {
    for (ptrdiff_t i = 0; i < kDepth; ++i) {
      sum += static_cast<int64_t>(static_cast<int32_t>(packed[quad * kDepth + i])) * weights[quad * kQuadBytes + i];
    }
  }
  return sum;
}

template <typename Accumulator>
void AddSum(int64_t sum, PixelPair<Accumulator>& pair) {
  const auto low = static_cast<int32_t>(static_cast<uint32_t>(sum) << (32 - kLaneBits)) >> (32 - kLaneBits);
  pair.first += low;
  pair.second += static_cast<int32_t>((sum - low) >> kLaneBits);
}

// Adds the sums of one channel over all segments.
template <typename Accumulator>
void AddProducts(const uint32_t* packed, const int8_t* weights, int32_t quads, PixelPair<Accumulator>& pair) {
  const uint32_t* const end = packed + ptrdiff_t{quads} * kDepth;
  while (end - packed >= kUnrolledQuads * kDepth) {
    const uint32_t* last = packed + kQuadsPerSum * kDepth;
    if (last > end) last = packed + (end - packed) / (kUnrolledQuads * kDepth) * (kUnrolledQuads * kDepth);
    int64_t sum = 0;
    for (; packed != last; packed += kUnrolledQuads * kDepth, weights += kUnrolledQuads * kQuadBytes) {
      sum = SumOfQuads<kUnrolledQuads>(sum, packed, weights);
    }
    AddSum(sum, pair);
  }
  if (packed == end) return;
  int64_t sum = 0;
  for (; packed != end; packed += kDepth, weights += kQuadBytes) sum = SumOfQuads<1>(sum, packed, weights);
  AddSum(sum, pair);
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

void Store(const ConvRow& row, uint8_t* to, int32_t value) {
  if (row.wide_output) {
    const auto wide = static_cast<uint16_t>(value);
    std::memcpy(to, &wide, sizeof wide);
  } else {
    *to = static_cast<uint8_t>(value);
  }
}

// One block of channels of the two packed pixels.
template <typename Accumulator>
void RunBlock(const ConvRow& row, int32_t block, int64_t first, int64_t second) {
  const ConvBlock& constants = row.constants[block];
  const int32_t quads = row.segment_count * row.quads;
  const int8_t* weights = row.weights + int64_t{block} * quads * kQuadBytes;
  const int32_t channels = std::min(kBlockChannels, row.channels - block * kBlockChannels);
  const ptrdiff_t element = row.wide_output ? 2 : 1;
  uint8_t* to_first = row.out + first * row.out_step + ptrdiff_t{block} * kBlockChannels * element;
  uint8_t* to_second = to_first + (second - first) * row.out_step;
  for (ptrdiff_t i = 0; i < channels; ++i) {
    PixelPair<Accumulator> pair{constants.acc_init[i], constants.acc_init[i]};
    AddProducts(row.packed, weights + i * kDepth, quads, pair);
    if (row.sums != nullptr) {
      auto* sums = static_cast<Accumulator*>(row.sums) + ptrdiff_t{block} * kBlockChannels + i;
      sums[first * row.blocks * kBlockChannels] = pair.first;
      sums[second * row.blocks * kBlockChannels] = pair.second;
      continue;
    }
    Store(row, to_first + i * element, Finish(row, pair.first, constants.multiplier[i], constants.shift[i]));
    Store(row, to_second + i * element, Finish(row, pair.second, constants.multiplier[i], constants.shift[i]));
  }
}

template <typename Accumulator>
void RunRow(const ConvRow& row) {
  for (int32_t blocks = 0; blocks < row.blocks; blocks += kBlocksPerPacking) {
    const int32_t end = std::min(blocks + kBlocksPerPacking, row.blocks);
    for (int64_t pixel = 0; pixel < row.pixels; pixel += 2) {
      // Behind the row's last pixel the second one is that pixel once more.
      const int64_t second = std::min<int64_t>(pixel + 1, row.pixels - 1);
      PackPixels(row, pixel, second);
      for (int32_t block = blocks; block < end; ++block) RunBlock<Accumulator>(row, block, pixel, second);
    }
  }
}

}  // namespace

const ConvVariant row_u8s8_portable{false, RunRow<int32_t>, ApplyTable, FinishSums};
const ConvVariant row_u8s8_portable_acc64{false, RunRow<int64_t>, ApplyTable, FinishSums};

}  // namespace lockstep::kernels
