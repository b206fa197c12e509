// What the NEON variants without i8mm have in common. Pixels are put one behind the other first, each a line of all its
// segments' quads as x - 128, so that all tiles look alike: a few pixels by a block's channels, from the first product
// to the bytes. What does a block of many pixels is written in assembler.
#pragma once

#include <cstring>

#include "gemm/neon_tiles.h"

namespace lockstep::kernels {
namespace {

// The order of the members is what the assembler counts on.
struct LineRun {
  const uint8_t* lines;
  ptrdiff_t line_bytes;
  const int8_t* weights;
  const void* constants;
  uint8_t* out;  // bytes of outputs, or sums
  ptrdiff_t out_step;
  ptrdiff_t quads;  // of a line
  ptrdiff_t end;    // a TileEnd
};

constexpr ptrdiff_t kVector = 16;

[[gnu::always_inline]] inline void CopyVector(const uint8_t* from, uint8_t* to, uint8x16_t flip) {
  vst1q_u8(to, veorq_u8(vld1q_u8(from), flip));
}

// Of inputs in place, of which nothing may be read behind the end: x - 128, a multiple of four bytes.
void FlipBytes(const uint8_t* from, ptrdiff_t bytes, uint8_t* to) {
  const uint8x16_t flip = vdupq_n_u8(0x80);
  ptrdiff_t i = 0;
  for (; i + 4 * kVector <= bytes; i += 4 * kVector) {
    Unroll<4>([&](auto v) { CopyVector(from + i + v * kVector, to + i + v * kVector, flip); });
  }
  for (; i + kVector <= bytes; i += kVector) CopyVector(from + i, to + i, flip);
  if (i == bytes) return;
  if (bytes > kVector) {
    // The end, with some of what is done already.
    CopyVector(from + bytes - kVector, to + bytes - kVector, flip);
    return;
  }
  uint8_t some[kVector];
  std::memcpy(some, from, static_cast<size_t>(bytes));
  CopyVector(some, to, flip);
}

// Of a row in scratch, which has x - 128: so many vectors, once or until the end, wherever that is.
template <int kVectors, bool kOnce>
[[gnu::always_inline]] inline void CopySegment(const uint8_t* from, ptrdiff_t bytes, uint8_t* to) {
  static_assert(kVectors * kVector <= kRowSlack);
  do {
    uint8x16_t x[kVectors];
    Unroll<kVectors>([&](auto v) { x[v] = vld1q_u8(from + v * kVector); });
    Unroll<kVectors>([&](auto v) { vst1q_u8(to + v * kVector, x[v]); });
    from += kVectors * kVector;
    to += kVectors * kVector;
    bytes -= kVectors * kVector;
  } while (!kOnce && bytes > 0);
}

// Segments as they lie in a line: without what fills up the last quad of each, where this makes fewer quads. Weights
// must be put together anew for that.
struct SegmentPlan {
  ptrdiff_t bytes;  // from one segment to the next
  ptrdiff_t quads;  // of a line
  bool joined;

  explicit SegmentPlan(const ConvRow& row) {
    const ptrdiff_t filled = static_cast<ptrdiff_t>(row.quads) * 4;
    bytes = row.segment_bytes != 0 ? row.segment_bytes : filled;
    quads = (row.segment_count * bytes + 3) / 4;
    joined = quads < static_cast<ptrdiff_t>(row.segment_count) * row.quads;
    if (joined) return;
    bytes = filled;
    quads = static_cast<ptrdiff_t>(row.segment_count) * row.quads;
  }
};

// A block's weights without the filling between segments. A quad of a channel is a word, shifted to where it belongs.
void JoinWeights(const ConvRow& row, const SegmentPlan& plan, const int8_t* weights, int8_t* to) {
  const auto* from = reinterpret_cast<const uint32_t*>(weights);
  auto* joined = reinterpret_cast<uint32_t*>(to);
  uint32x4_t rest[kSumVectors] = {};
  ptrdiff_t held = 0;  // bytes of a channel
  for (ptrdiff_t quad = 0; quad < static_cast<ptrdiff_t>(row.segment_count) * row.quads; ++quad) {
    const int32x4_t up = vdupq_n_s32(static_cast<int32_t>(8 * held));
    const int32x4_t down = vdupq_n_s32(static_cast<int32_t>(8 * held - 32));
    const bool last = (quad + 1) % row.quads == 0;
    held += last ? plan.bytes - 4 * (row.quads - 1) : 4;
    Unroll<kSumVectors>([&](auto v) {
      const uint32x4_t word = vld1q_u32(from + v * kSumLanes);
      rest[v] = vorrq_u32(rest[v], vshlq_u32(word, up));
      if (held < 4) return;
      vst1q_u32(joined + v * kSumLanes, rest[v]);
      rest[v] = vshlq_u32(word, down);
    });
    from += kBlockChannels;
    if (held < 4) continue;
    joined += kBlockChannels;
    held -= 4;
  }
  if (held > 0) Unroll<kSumVectors>([&](auto v) { vst1q_u32(joined + v * kSumLanes, rest[v]); });
}

// Lines of `count` pixels, whose segments have `bytes`.
template <int kVectors, bool kOnce>
void CopyLines(const ConvRow& row, int32_t count, ptrdiff_t bytes, ptrdiff_t line_bytes, PixelWalk* walk, uint8_t* to) {
  // Copies, for what is written might otherwise be any of these.
  const uint8_t* const* const segments = row.segments;
  const uint8_t* const* const end = segments + row.segment_count;
  PixelWalk place = *walk;
  for (int32_t pixel = 0; pixel < count; ++pixel, to += line_bytes) {
    uint8_t* part = to;
    for (const uint8_t* const* segment = segments; segment != end; ++segment, part += bytes) {
      CopySegment<kVectors, kOnce>(*segment + place.offset, bytes, part);
    }
    place.Next();
  }
  *walk = place;
}

// Those of three short segments, such as a first layer's.
void CopyThreeSegments(const ConvRow& row, int32_t count, ptrdiff_t bytes, ptrdiff_t line_bytes, PixelWalk* walk,
                       uint8_t* to) {
  const uint8_t* const a = row.segments[0];
  const uint8_t* const b = row.segments[1];
  const uint8_t* const c = row.segments[2];
  while (count > 0) {
    const int32_t together = walk->InRow(count);
    ptrdiff_t offset = walk->offset;
    for (int32_t pixel = 0; pixel < together; ++pixel, offset += walk->step, to += line_bytes) {
      const uint8x16_t x0 = vld1q_u8(a + offset);
      const uint8x16_t x1 = vld1q_u8(b + offset);
      const uint8x16_t x2 = vld1q_u8(c + offset);
      vst1q_u8(to, x0);
      vst1q_u8(to + bytes, x1);
      vst1q_u8(to + 2 * bytes, x2);
    }
    walk->Next(together);
    count -= together;
  }
}

// The next `count` pixels of a walk.
void FillLines(const ConvRow& row, int32_t count, ptrdiff_t bytes, ptrdiff_t line_bytes, PixelWalk* walk, uint8_t* to) {
  if (row.in_place && bytes == line_bytes && row.pixel_step == bytes) {
    FlipBytes(row.segments[0] + walk->offset, count * bytes, to);
    walk->offset += count * bytes;
    return;
  }
  if (!row.in_place) {
    if (bytes <= kVector && row.segment_count == 3) return CopyThreeSegments(row, count, bytes, line_bytes, walk, to);
    if (bytes <= kVector) return CopyLines<1, true>(row, count, bytes, line_bytes, walk, to);
    if (bytes <= 2 * kVector) return CopyLines<2, true>(row, count, bytes, line_bytes, walk, to);
    if (bytes <= 4 * kVector) return CopyLines<4, true>(row, count, bytes, line_bytes, walk, to);
    return CopyLines<4, false>(row, count, bytes, line_bytes, walk, to);
  }
  for (int32_t pixel = 0; pixel < count; ++pixel, to += line_bytes) {
    FlipBytes(row.segments[0] + walk->offset, bytes, to);
    walk->Next();
  }
}

// Of kernels whose channels have two lanes, and which do two pixels at a time.
[[gnu::always_inline]] inline void StartWithZeros(int32x4_t acc_init, int32_t* start) {
  const int32x4x2_t lanes = vzipq_s32(acc_init, vdupq_n_s32(0));
  vst1q_s32(start, lanes.val[0]);
  vst1q_s32(start + kSumLanes, lanes.val[1]);
}

[[gnu::always_inline]] inline void RunPairs(void (*tiles)(LineRun* run, ptrdiff_t tiles), LineRun* run,
                                            int32_t pixels) {
  if (pixels > 1) tiles(run, pixels / 2);
  if (pixels % 2 == 0) return;
  // One pixel twice.
  run->line_bytes = run->out_step = 0;
  tiles(run, 1);
}

template <typename Machine>
using LineConstants = TileConstants<Machine::kChannels, Machine::kSums>;

template <typename Machine>
void FillPart(const ConvRow& row, const ConvBlock& block, int part, LineConstants<Machine>* constants) {
  Unroll<Machine::kChannels / kSumLanes>([&](auto v) {
    constexpr int kTo = v * kSumLanes;
    const int from = part * Machine::kChannels + kTo;
    Machine::FillStart(vld1q_s32(block.acc_init + from), constants->start + kTo * Machine::kSums);
    vst1q_s32(constants->multiplier + kTo, vld1q_s32(block.multiplier + from));
    vst1q_s32(constants->left_shift + kTo, vnegq_s32(vld1q_s32(block.shift + from)));
  });
  if constexpr (Machine::kNarrows) {
    if (EndOf(row, true) == TileEnd::kNarrowBytes) NarrowShifts(constants->left_shift);
  }
  vst1q_s16(constants->zero_point, vdupq_n_s16(static_cast<int16_t>(row.zero_point)));
  vst1q_u8(constants->floor, vdupq_n_u8(static_cast<uint8_t>(row.low)));
  vst1q_u8(constants->ceiling, vdupq_n_u8(static_cast<uint8_t>(row.high)));
}

// All channels of a block, in one or two parts.
template <typename Machine>
struct BlockRun {
  static constexpr int kParts = kBlockChannels / Machine::kChannels;
  LineConstants<Machine> constants[kParts];
  LineRun run;

  BlockRun(const ConvRow& row, int32_t block, const LineRun& all) : run(all) {
    for (int part = 0; part < kParts; ++part) FillPart<Machine>(row, row.constants[block], part, &constants[part]);
  }

  bool wants_sums() const { return run.end == static_cast<ptrdiff_t>(TileEnd::kSums); }

  // Pixels from `first` on.
  void Run(int32_t first, int32_t pixels, uint8_t* out, ptrdiff_t out_step) {
    for (int part = 0; part < kParts; ++part) {
      LineRun of_part = run;
      of_part.lines += first * run.line_bytes;
      of_part.weights += part * (kQuadBytes / kParts);
      of_part.constants = &constants[part];
      of_part.out = out + part * Machine::kChannels * static_cast<ptrdiff_t>(wants_sums() ? sizeof(int32_t) : 1);
      of_part.out_step = out_step;
      Machine::Run(&of_part, pixels);
    }
  }
};

template <typename Machine>
void RunBlock(const ConvRow& row, int32_t block, int32_t first, int32_t count, const LineRun& all) {
  constexpr int kPixels = Machine::kPixels;
  BlockRun<Machine> run(row, block, all);
  if (row.sums != nullptr) {
    const auto block_bytes = static_cast<ptrdiff_t>(kBlockChannels * sizeof(int32_t));
    const ptrdiff_t step = row.blocks * block_bytes;
    return run.Run(0, count, static_cast<uint8_t*>(row.sums) + first * step + block * block_bytes, step);
  }
  const int32_t channels = row.channels - block * kBlockChannels;
  const auto step = static_cast<ptrdiff_t>(row.out_step);
  uint8_t* const out = row.out + first * step + block * kBlockChannels;
  if (!run.wants_sums() && channels >= kBlockChannels) return run.Run(0, count, out, step);
  const BlockStore store(row, block);
  alignas(16) int32_t tile[kPixels][kBlockChannels];
  auto* const bytes = reinterpret_cast<uint8_t*>(tile);
  for (int32_t pixel = 0; pixel < count; pixel += kPixels) {
    const int32_t pixels = count - pixel < kPixels ? count - pixel : kPixels;
    run.Run(pixel, pixels, bytes, static_cast<ptrdiff_t>(run.wants_sums() ? sizeof tile[0] : kBlockChannels));
    for (int32_t p = 0; p < pixels; ++p) {
      if (run.wants_sums()) {
        store.Pixel(first + pixel + p, LoadSums(tile[p]));
      } else {
        StoreSomeBytes(vld1q_u8(bytes + p * kBlockChannels), channels, out + (pixel + p) * step);
      }
    }
  }
}

// A Machine has kPixels and kChannels of a tile, the latter all of a block's or a half; kSums and
// FillStart(acc_init, start), which writes the values that the accumulators of four channels start from; and
// Run(run, pixels).
template <typename Machine>
[[gnu::always_inline]] inline void RunLines(const ConvRow& row) {
  const SegmentPlan plan(row);
  const ptrdiff_t line_bytes = (plan.quads + 3) / 4 * 16;
  const ptrdiff_t block_weights = static_cast<ptrdiff_t>(row.segment_count) * row.quads * kQuadBytes;
  auto* const joined = static_cast<int8_t*>(row.packed);
  auto* const lines = static_cast<uint8_t*>(row.packed) + (plan.joined ? plan.quads * kQuadBytes : 0);
  const auto end = static_cast<ptrdiff_t>(EndOf(row, Machine::kNarrows));
  const int32_t pixels = row.pixels * row.rows;
  PixelWalk walk(row);
  for (int32_t first = 0; first < pixels; first += row.packed_pixels) {
    const int32_t count = pixels - first < row.packed_pixels ? pixels - first : row.packed_pixels;
    Machine::Fill(row, count, pixels - first, plan, line_bytes, &walk, lines);
    for (int32_t block = 0; block < row.blocks; ++block) {
      const int8_t* weights = row.weights + block * block_weights;
      if (plan.joined) JoinWeights(row, plan, weights, joined);
      RunBlock<Machine>(row, block, first, count,
                        {lines, line_bytes, plan.joined ? joined : weights, nullptr, nullptr, 0, plan.quads, end});
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
