// Six multiply-accumulates in two multiplications, for cores whose fastest instruction multiplies two words and adds to
// 64 bits (madd on MIPS, smlal on ARM). A word holds an element each of two neighbouring pixels, 21 bits apart, and
// another one a weight each of two neighbouring channels. Their product has three lanes:
//
//   (p0 + p1 Z) * (c0 + c1 Z) = p0 c0 + (p0 c1 + p1 c0) Z + p1 c1 Z^2        Z = 2^21
//
// and with the same weights the word of the pixels p1 and p2 gives p1 c0, p1 c1 + p2 c0 and p2 c1. From these six sums
// those of all three pixels and both channels follow. A sum of 64 bits takes so many terms as the middle lane has room
// for; then its lanes are added to sums of their own.
//
// Weights are unpacked into registers, 16 terms of two channels, and meet the packed words of a piece of the row.
#include <algorithm>
#include <cstddef>
#include <cstring>

#include "arithmetic/requantize.h"
#include "gemm/conv_driver.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table.h"
#include "ops/common/requantize_column.h"

namespace lockstep::kernels {
namespace {

constexpr ptrdiff_t kDepth = 4;
constexpr int kLaneBits = 21;
constexpr ptrdiff_t kBlockQuads = 4;  // of weights in registers
constexpr ptrdiff_t kRunQuads = 8;    // the most that a sum of 64 bits takes
constexpr ptrdiff_t kRunTerms = kRunQuads * kDepth;
constexpr int32_t kSpanChannels = 64;  // that use a piece's words
constexpr int32_t kTriple = 3;         // pixels in two words
constexpr int32_t kPiecePixels = 60;
constexpr int32_t kPieceWords = kPiecePixels / kTriple * 2;
constexpr int64_t kLaneStart = int64_t{1} << (kLaneBits - 1);  // keeps a lane from borrowing of the next
constexpr int64_t kStart = kLaneStart * (1 + (int64_t{1} << kLaneBits) + (int64_t{1} << (2 * kLaneBits)));

// Of x - 128: two products of a lane are at most 2 * 128 * 127.
constexpr int32_t kOffset = 128;
static_assert(kRunTerms * 2 * kOffset * 127 < kLaneStart);

struct LaneSums {
  uint32_t lane[3];  // they wrap; what is made of them does not
};

struct Memory {
  int32_t words[kPieceWords][kRunTerms];
  int64_t partial[kPieceWords];
  int32_t acc[kPiecePixels];
  LaneSums sums[kSpanChannels / 2][kPieceWords];
};
static_assert(sizeof(Memory) <= kPackedBytes);

struct Piece {
  int32_t first;  // pixel of the row
  int32_t pixels;
  int32_t words;
};

// Elements of one pixel, which are alone in their words.
void PackPixel(const uint8_t* from, ptrdiff_t bytes, int32_t* words) {
  for (ptrdiff_t i = 0; i < bytes; ++i) words[i] = from[i] - kOffset;
}

void PackTriple(const uint8_t* from, ptrdiff_t step, ptrdiff_t bytes, int32_t* words) {
  constexpr int32_t kBoth = kOffset * (1 + (1 << kLaneBits));
  const uint8_t* b = from + step;
  const uint8_t* c = b + step;
  const int32_t* const end = words + bytes;
  for (; words != end; words += kDepth, from += kDepth, b += kDepth, c += kDepth) {
    Unroll<kDepth>([&](auto i) {
      const int32_t middle = b[i];
      words[i] = (from[i] | (middle << kLaneBits)) - kBoth;
      words[i + kRunTerms] = (middle | (c[i] << kLaneBits)) - kBoth;
    });
  }
}

// Two pixels, of which the second is alone in its word.
void PackPair(const uint8_t* from, ptrdiff_t step, ptrdiff_t bytes, int32_t* words) {
  PackPixel(from + step, bytes, words + kRunTerms);
  for (ptrdiff_t i = 0; i < bytes; ++i) words[i] = from[i] - kOffset + words[i + kRunTerms] * (1 << kLaneBits);
}

// Packs a piece's elements of `quads` quads, counted over all segments.
void PackRun(const ConvRow& row, const Piece& piece, int32_t quad, int32_t quads, int32_t* to) {
  const auto step = static_cast<ptrdiff_t>(row.pixel_step);
  while (quads > 0) {
    const int32_t within = quad % row.quads;
    const int32_t count = std::min(quads, row.quads - within);
    const ptrdiff_t bytes = count * kDepth;
    const uint8_t* from = row.segments[quad / row.quads] + within * kDepth + piece.first * step;
    int32_t* words = to;
    int32_t left = piece.pixels;
    for (; left >= kTriple; left -= kTriple, from += kTriple * step, words += 2 * kRunTerms) {
      PackTriple(from, step, bytes, words);
    }
    if (left == 2) PackPair(from, step, bytes, words);
    if (left == 1) PackPixel(from, bytes, words);
    to += bytes;
    quad += count;
    quads -= count;
  }
}

// kQuads quads of two channels against all words of a piece. The first part of a run leaves its sums in `partial`,
// where the last one takes them up. Inlined, it would have too few registers.
template <ptrdiff_t kQuads, bool kLast>
[[gnu::noinline]] void Multiply(const int8_t* weights, const int32_t* words, int32_t count, int64_t* partial,
                                LaneSums* sums) {
  constexpr int kTerms = kQuads * kDepth;
  int32_t w[kTerms];
  Unroll<kTerms>([&](auto i) {
    const int8_t* from = weights + i / kDepth * kQuadBytes + i % kDepth;
    w[i] = from[0] + from[kDepth] * (1 << kLaneBits);
  });
  const int32_t* const end = words + count * kRunTerms;
  for (; words != end; words += kRunTerms, ++partial) {
    int64_t sum = kLast ? *partial : kStart;
    Unroll<kTerms>([&](auto i) { sum += static_cast<int64_t>(words[i]) * w[i]; });
    if (!kLast) {
      *partial = sum;
      continue;
    }
    constexpr uint32_t kMask = (1U << kLaneBits) - 1;
    sums->lane[0] += static_cast<uint32_t>(sum) & kMask;
    sum >>= kLaneBits;
    sums->lane[1] += static_cast<uint32_t>(sum) & kMask;
    sums->lane[2] += static_cast<uint32_t>(sum >> kLaneBits);
    ++sums;
  }
}

using MultiplyFunction = void(const int8_t* weights, const int32_t* words, int32_t count, int64_t* partial,
                              LaneSums* sums);
constexpr MultiplyFunction* kMultiplyLast[kBlockQuads] = {Multiply<1, true>, Multiply<2, true>, Multiply<3, true>,
                                                          Multiply<4, true>};

// A channel's sums of all pixels of a piece. `start` is what they begin with, `first` is that without what lanes 0 and
// 2 began with.
template <bool kSecond>
void ChannelSums(const Piece& piece, const LaneSums* sums, uint32_t start, uint32_t first, int32_t* acc) {
  const auto put = [&acc](uint32_t sum) { *acc++ = static_cast<int32_t>(sum); };
  for (int32_t left = piece.pixels; left > 0; left -= kTriple, sums += 2) {
    const uint32_t* a = sums[0].lane;
    if (left == 1) {
      // The word had this pixel alone: nothing was added to the middle lane.
      put(a[kSecond ? 1 : 0] + first);
      return;
    }
    const uint32_t* b = sums[1].lane;
    put(kSecond ? a[1] - b[0] + start : a[0] + first);
    put((kSecond ? a[2] : b[0]) + first);
    if (left == 2) return;
    put(kSecond ? b[2] + first : b[1] - a[2] + start);
  }
}

void FinishChannel(const ConvRow& row, const Piece& piece, int32_t channel, const int32_t* acc) {
  const ConvBlock& constants = row.constants[channel / kBlockChannels];
  if (row.sums != nullptr) {
    const ptrdiff_t lanes = row.blocks * kBlockChannels;
    auto* to = static_cast<int32_t*>(row.sums) + piece.first * lanes + channel;
    for (int32_t pixel = 0; pixel < piece.pixels; ++pixel, to += lanes) *to = acc[pixel];
    return;
  }
  const ChannelRequantization requantization = {constants.multiplier[channel % kBlockChannels],
                                                constants.shift[channel % kBlockChannels],
                                                row.zero_point,
                                                row.low,
                                                row.high,
                                                row.wide_output};
  const auto step = static_cast<ptrdiff_t>(row.out_step);
  RequantizeColumn(requantization, acc, piece.pixels,
                   row.out + piece.first * step + ptrdiff_t{channel} * (row.wide_output ? 2 : 1), step);
}

// A piece of the row, so many channels from `channel` on.
void RunSpan(const ConvRow& row, const Piece& piece, int32_t channel, int32_t channels) {
  auto& memory = *static_cast<Memory*>(row.packed);
  const int32_t pairs = (channels + 1) / 2;
  const int32_t quads = row.segment_count * row.quads;
  for (int32_t pair = 0; pair < pairs; ++pair) {
    std::memset(memory.sums[pair], 0, static_cast<size_t>(piece.words) * sizeof(LaneSums));
  }
  const int8_t* weights = row.weights + ptrdiff_t{channel} / kBlockChannels * quads * kQuadBytes;
  uint32_t lane_start = 0;
  for (int32_t quad = 0; quad < quads; quad += kRunQuads, lane_start += kLaneStart) {
    const int32_t count = std::min<int32_t>(kRunQuads, quads - quad);
    const int32_t first = count > kBlockQuads ? kBlockQuads : 0;
    PackRun(row, piece, quad, count, memory.words[0]);
    if (first == 0) std::fill_n(memory.partial, piece.words, kStart);
    for (int32_t pair = 0; pair < pairs; ++pair) {
      const int8_t* from = weights + ((ptrdiff_t{pair} / (kBlockChannels / 2) * quads + quad) * kQuadBytes) +
                           pair % (kBlockChannels / 2) * 2 * kDepth;
      if (first != 0) {
        Multiply<kBlockQuads, false>(from, memory.words[0], piece.words, memory.partial, memory.sums[pair]);
      }
      kMultiplyLast[count - first - 1](from + first * kQuadBytes, memory.words[0] + first * kDepth, piece.words,
                                       memory.partial, memory.sums[pair]);
    }
  }
  for (int32_t i = 0; i < channels; ++i) {
    const auto start =
        static_cast<uint32_t>(row.constants[(channel + i) / kBlockChannels].acc_init[i % kBlockChannels]);
    (i % 2 == 0 ? ChannelSums<false> : ChannelSums<true>)(piece, memory.sums[i / 2], start, start - lane_start,
                                                          memory.acc);
    FinishChannel(row, piece, channel + i, memory.acc);
  }
}

void RunRow(const ConvRow& row) {
  const int32_t pieces = (row.pixels + kPiecePixels - 1) / kPiecePixels;
  for (int32_t left = pieces, first = 0; left > 0; --left) {
    // Of pieces of equal size, in triples.
    const int32_t share = (row.pixels - first + left * kTriple - 1) / (left * kTriple) * kTriple;
    const int32_t pixels = std::min(share, row.pixels - first);
    const Piece piece = {first, pixels, pixels / kTriple * 2 + pixels % kTriple};
    for (int32_t channel = 0; channel < row.channels; channel += kSpanChannels) {
      RunSpan(row, piece, channel, std::min(kSpanChannels, row.channels - channel));
    }
    first += pixels;
  }
}

// Sums of 64 bits: few layers need them.
int64_t SumOf(const ConvRow& row, int64_t pixel, const int8_t* weights) {
  int64_t sum = 0;
  for (int32_t segment = 0; segment < row.segment_count; ++segment) {
    const uint8_t* x = row.segments[segment] + pixel * row.pixel_step;
    for (int32_t quad = 0; quad < row.quads; ++quad, x += kDepth, weights += kQuadBytes) {
      for (ptrdiff_t i = 0; i < kDepth; ++i) sum += x[i] * weights[i];
    }
  }
  return sum;
}

void RunRowAcc64(const ConvRow& row) {
  const ptrdiff_t block_bytes = row.segment_count * row.quads * kQuadBytes;
  for (int32_t channel = 0; channel < row.channels; ++channel) {
    const int32_t block = channel / kBlockChannels;
    const int32_t lane = channel % kBlockChannels;
    const ConvBlock& constants = row.constants[block];
    for (int64_t pixel = 0; pixel < row.pixels; ++pixel) {
      const int64_t acc =
          constants.acc_init[lane] + SumOf(row, pixel, row.weights + block * block_bytes + lane * kDepth);
      if (row.sums != nullptr) {
        static_cast<int64_t*>(row.sums)[(pixel * row.blocks) * kBlockChannels + channel] = acc;
        continue;
      }
      const int64_t scaled = rq1::RequantizeWide(acc, constants.multiplier[lane], constants.shift[lane]);
      const auto value = static_cast<uint16_t>(rq1::Clamp(row.zero_point + scaled, row.low, row.high));
      const ptrdiff_t element = row.wide_output ? 2 : 1;
      std::memcpy(row.out + pixel * row.out_step + channel * element, &value, static_cast<size_t>(element));
    }
  }
}

}  // namespace

const ConvVariant row_u8s8_portable{false, RunRow, ApplyTable, FinishSums, false, false, true};
const ConvVariant row_u8s8_portable_acc64{false, RunRowAcc64, ApplyTable, FinishSums};

}  // namespace lockstep::kernels
