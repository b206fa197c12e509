// Pixels in the order in which the tiles with dot products read them: sixteen bytes of each of four, then the next
// sixteen.
#pragma once

#include "gemm/neon_lines.h"

namespace lockstep::kernels {
namespace {

constexpr int kPanelLines = 4;

// clang-format off
#define LOCKSTEP_FLIP(v) "eor v" #v ".16b, v" #v ".16b, v31.16b\n"
#define LOCKSTEP_FLIP_FOUR(a, b, c, d) LOCKSTEP_FLIP(a) LOCKSTEP_FLIP(b) LOCKSTEP_FLIP(c) LOCKSTEP_FLIP(d)
#define LOCKSTEP_AS_IT_IS(a, b, c, d)
// `panels` panels of `bytes` of each pixel, a multiple of 16; behind them the pixels' addresses are moved by `skip`.
#define LOCKSTEP_COPY_PANELS(name, change)                                                                       \
  [[gnu::noinline]] void name(const uint8_t* const (&from)[kPanelLines], ptrdiff_t skip, ptrdiff_t bytes,        \
                              int64_t panels, uint8_t* to) {                                                     \
    const uint8_t* x0 = from[0];                                                                                 \
    const uint8_t* x1 = from[1];                                                                                 \
    const uint8_t* x2 = from[2];                                                                                 \
    const uint8_t* x3 = from[3];                                                                                 \
    int64_t left;                                                                                                \
    __asm__ volatile(                                                                                            \
        "movi v31.16b, #0x80\n"                                                                                  \
        "1:\n"                                                                                                   \
        "subs %[left], %[bytes], #32\n"                                                                          \
        "b.lt 3f\n"                                                                                              \
        "2:\n"                                                                                                   \
        "ldp q0, q4, [%[x0]], #32\n"                                                                             \
        "ldp q1, q5, [%[x1]], #32\n"                                                                             \
        "ldp q2, q6, [%[x2]], #32\n"                                                                             \
        "ldp q3, q7, [%[x3]], #32\n"                                                                             \
        change(0, 1, 2, 3)                                                                                       \
        change(4, 5, 6, 7)                                                                                       \
        "st1 {v0.16b, v1.16b, v2.16b, v3.16b}, [%[to]], #64\n"                                                   \
        "subs %[left], %[left], #32\n"                                                                           \
        "st1 {v4.16b, v5.16b, v6.16b, v7.16b}, [%[to]], #64\n"                                                   \
        "b.ge 2b\n"                                                                                              \
        "3:\n"                                                                                                   \
        "tbz %[left], #4, 4f\n"                                                                                  \
        "ldr q0, [%[x0]], #16\n"                                                                                 \
        "ldr q1, [%[x1]], #16\n"                                                                                 \
        "ldr q2, [%[x2]], #16\n"                                                                                 \
        "ldr q3, [%[x3]], #16\n"                                                                                 \
        change(0, 1, 2, 3)                                                                                       \
        "st1 {v0.16b, v1.16b, v2.16b, v3.16b}, [%[to]], #64\n"                                                   \
        "4:\n"                                                                                                   \
        "subs %[panels], %[panels], #1\n"                                                                        \
        "add %[x0], %[x0], %[skip]\n"                                                                            \
        "add %[x1], %[x1], %[skip]\n"                                                                            \
        "add %[x2], %[x2], %[skip]\n"                                                                            \
        "add %[x3], %[x3], %[skip]\n"                                                                            \
        "b.ne 1b\n"                                                                                              \
        : [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2), [x3] "+r"(x3), [to] "+r"(to), [panels] "+r"(panels),       \
          [left] "=&r"(left)                                                                                     \
        : [bytes] "r"(bytes), [skip] "r"(skip)                                                                   \
        : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v31");                                \
  }
// clang-format on

LOCKSTEP_COPY_PANELS(CopyPanels, LOCKSTEP_AS_IT_IS)
LOCKSTEP_COPY_PANELS(FlipPanels, LOCKSTEP_FLIP_FOUR)

[[gnu::always_inline]] inline void PlacePixels(const uint8_t* first, ptrdiff_t step,
                                               const uint8_t* (&from)[kPanelLines]) {
  Unroll<kPanelLines>([&](auto p) { from[p] = first + p * step; });
}

// The next `count` pixels of a walk which has `left` more. Behind the last one of a panel comes anything.
void FillPanels(const ConvRow& row, int32_t count, int32_t left, ptrdiff_t bytes, ptrdiff_t line_bytes, PixelWalk* walk,
                uint8_t* to) {
  const ptrdiff_t panel = kPanelLines * line_bytes;
  const auto copy = row.in_place ? FlipPanels : CopyPanels;
  const uint8_t* from[kPanelLines];
  if (bytes % kVector != 0 && line_bytes <= 2 * kVector) {
    // Of two vectors: a panel's are loaded before any is stored.
    FillLines(row, count, bytes, line_bytes, walk, to);
    PlacePixels(to, line_bytes, from);
    CopyPanels(from, panel - line_bytes, line_bytes, (count + kPanelLines - 1) / kPanelLines, to);
    return;
  }
  uint8_t* const lines = to + row.packed_pixels * line_bytes;
  while (count > 0) {
    if (bytes % kVector != 0) {
      // Vectors of a line have bytes of two segments, or none: lines are made first.
      const int32_t some = count < kPanelPixels ? count : kPanelPixels;
      FillLines(row, some, bytes, line_bytes, walk, lines);
      PlacePixels(lines, line_bytes, from);
      CopyPanels(from, panel - line_bytes, line_bytes, (some + kPanelLines - 1) / kPanelLines, to);
      to += panel * (kPanelPixels / kPanelLines);
      count -= some;
      continue;
    }
    const int32_t whole = walk->InRow(count) / kPanelLines;
    const int32_t panels = row.segment_count == 1 ? whole : (whole < 1 ? whole : 1);
    if (panels > 0) {
      for (int32_t segment = 0; segment < row.segment_count; ++segment) {
        PlacePixels(row.segments[segment] + walk->offset, walk->step, from);
        copy(from, kPanelLines * walk->step - bytes, bytes, panels, to + segment * kPanelLines * bytes);
      }
      walk->Next(panels * kPanelLines);
    } else {
      ptrdiff_t offset[kPanelLines];
      Unroll<kPanelLines>([&](auto p) {
        offset[p] = walk->offset;
        if (p + 1 < left) walk->Next();
      });
      for (int32_t segment = 0; segment < row.segment_count; ++segment) {
        Unroll<kPanelLines>([&](auto p) { from[p] = row.segments[segment] + offset[p]; });
        copy(from, 0, bytes, 1, to + segment * kPanelLines * bytes);
      }
    }
    const int32_t done = kPanelLines * (panels > 0 ? panels : 1);
    to += panel * (done / kPanelLines);
    count -= done;
    left -= done;
  }
}

}  // namespace
}  // namespace lockstep::kernels
