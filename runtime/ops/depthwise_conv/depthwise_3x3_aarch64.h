// Windows of 3x3 on aarch64: a row of output pixels of sixteen channels at a time, from the left to the right, so that
// columns stay in registers for all windows that reach them. What does a row is assembler; this is what it is given.
#pragma once

#include <cstddef>

#include "arithmetic/requantize_aarch64.h"
#include "ops/common/byte_table_neon.h"
#include "ops/depthwise_conv/depthwise_blocks.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {
namespace {

// The order of the members is what the assembler counts on. The fourth row is that of a pair of output rows.
struct Row3x3 {
  const uint8_t* first[4];  // of the first window's left column: each row's sixteen channels
  const uint8_t* from[4];   // of the columns behind it
  ptrdiff_t step[4];        // from one column to the next; 0 for a row of padding
  const uint8_t* padding;
  uint8_t* out;
  ptrdiff_t out_step;
  ptrdiff_t out_row;  // from an output row to the next
  int64_t count;      // output pixels, at least 1
  int64_t last;       // 1: another one behind them, whose right column is padding
  const DepthwiseBlock* block;
  const int8_t* weights;
  const uint8_t* limits;  // the zero point in 16 bits, the floor, the ceiling: a vector of each
};
using RunRow3x3 = void(const Row3x3& row);

// Zero points, floors and ceilings as in Row3x3.
struct alignas(16) Limits3x3 {
  uint8_t bytes[48];

  explicit Limits3x3(const DepthwiseLayer& layer) {
    for (int i = 0; i < 8; ++i) {
      bytes[2 * i] = static_cast<uint8_t>(layer.zero_point);
      bytes[2 * i + 1] = static_cast<uint8_t>(layer.zero_point >> 8);
    }
    for (int i = 16; i < 32; ++i) bytes[i] = static_cast<uint8_t>(layer.low);
    for (int i = 32; i < 48; ++i) bytes[i] = static_cast<uint8_t>(layer.high);
  }
};

// Whether the last window's right column is padding. No other one's is, but for the first left one, and shifts are at
// least 1 (AcceptsDepthwise3x3).
[[gnu::always_inline]] inline bool IsPaddedRight(const DepthwiseLayer& layer) {
  return (layer.out_w - 1) * layer.stride_w - layer.pad_left + 2 >= layer.in_w;
}

// `weights`: of the first block; `block_weights`: bytes of each. `run`: for the layer's stride. `run_pair`: of two
// output rows, or nullptr.
void RunRows3x3(const DepthwiseLayer& layer, int64_t begin, int64_t end, const int8_t* weights, ptrdiff_t block_weights,
                RunRow3x3* run, RunRow3x3* run_pair) {
  const int64_t blocks = DepthwiseBlocks(layer.channels);
  const auto* block = reinterpret_cast<const DepthwiseBlock*>(layer.state);
  const uint8_t* padding = DepthwisePadding(layer.state, layer.channels, 9);
  const Limits3x3 limits(layer);
  const auto pitch = static_cast<ptrdiff_t>(layer.in_pitch);
  int64_t together = 1;
  for (int64_t unit = begin; unit < end; unit += together) {
    const int64_t image = unit / layer.out_h * layer.in_h;
    const int64_t y = unit % layer.out_h;
    const int64_t top = y * layer.stride_h - layer.pad_top;
    together = run_pair != nullptr && unit + 1 < end && y + 1 < layer.out_h ? 2 : 1;
    Row3x3 row;
    for (int ky = 0; ky < 4; ++ky) {
      const bool inside = top + ky >= 0 && top + ky < layer.in_h;
      const uint8_t* from = inside ? layer.input + (image + top + ky) * layer.in_w * pitch : padding;
      row.step[ky] = inside ? pitch : 0;
      row.first[ky] = layer.pad_left == 0 ? from : padding;
      row.from[ky] = layer.pad_left == 0 ? from + row.step[ky] : from;
    }
    row.padding = padding;
    row.out = layer.output + unit * layer.out_w * layer.out_pitch;
    row.out_step = static_cast<ptrdiff_t>(layer.out_pitch);
    row.out_row = static_cast<ptrdiff_t>(layer.out_w * layer.out_pitch);
    row.last = IsPaddedRight(layer) ? 1 : 0;
    row.count = layer.out_w - row.last;
    row.limits = limits.bytes;
    uint8_t* const out = row.out;
    row.block = block;
    row.weights = weights;
    for (ptrdiff_t channel = 0;;) {
      together == 2 ? run_pair(row) : run(row);
      if (++row.block == block + blocks) break;
      row.weights += block_weights;
      const ptrdiff_t further = row.block->first - channel;
      channel += further;
      // Padding has all channels too.
      for (int ky = 0; ky < 4; ++ky) row.first[ky] += further;
      for (int ky = 0; ky < 4; ++ky) row.from[ky] += further;
      row.padding += further;
      row.out += further;
    }
    if (layer.table == nullptr) continue;
    const int64_t pixels = together * layer.out_w;
    const bool contiguous = layer.out_pitch == layer.channels;
    ApplyTableNeon(layer.table, contiguous ? Stretches<uint8_t>{out, pixels * layer.out_pitch}
                                           : Stretches<uint8_t>{out, layer.channels, pixels, layer.out_pitch});
  }
}

// clang-format off
// Both strides, from load(A, B or C), which loads a column, pixel(A, B, C), which makes bytes of three columns, and what
// stores these. Behind a pixel: `to_padding` has the last one's right column read from the padding.
#define LOCKSTEP_STORE_PIXEL(register) "st1 {" register "}, [%[out]], %[out_step]\n"
#define LOCKSTEP_NEXT(store, to_padding, label)                               \
  store                                                                       \
  "subs %[count], %[count], #1\n"                                             \
  "b.ne " label "f\n"                                                         \
  "cbz %[last], 9f\n"                                                         \
  "mov %[count], #1\n"                                                        \
  "mov %[last], #0\n"                                                         \
  to_padding                                                                  \
  label ":\n"
#define LOCKSTEP_PADDING_NEXT                                                 \
  "mov %[x0], %[padding]\n"                                                   \
  "mov %[x1], %[padding]\n"                                                   \
  "mov %[x2], %[padding]\n"
#define LOCKSTEP_PADDING_THEN                                                 \
  "sub %[s0], %[padding], %[x0]\n"                                            \
  "sub %[s1], %[padding], %[x1]\n"                                            \
  "sub %[s2], %[padding], %[x2]\n"

#define LOCKSTEP_STRIDE_1(load, pixel, store) LOCKSTEP_STRIDE_1_OF(load, pixel, store, LOCKSTEP_PADDING_NEXT)
#define LOCKSTEP_STRIDE_1_OF(load, pixel, store, padding)                     \
  load(B)                                                                     \
  "1:\n"                                                                      \
  load(C)                                                                     \
  pixel(A, B, C)                                                              \
  LOCKSTEP_NEXT(store, padding, "2")                                          \
  load(A)                                                                     \
  pixel(B, C, A)                                                              \
  LOCKSTEP_NEXT(store, padding, "3")                                          \
  load(B)                                                                     \
  pixel(C, A, B)                                                              \
  LOCKSTEP_NEXT(store, padding, "4")                                          \
  "b 1b\n"                                                                    \
  "9:\n"
#define LOCKSTEP_STRIDE_2(load, pixel, store)                                 \
  "1:\n"                                                                      \
  load(B)                                                                     \
  load(C)                                                                     \
  pixel(A, B, C)                                                              \
  LOCKSTEP_NEXT(store, LOCKSTEP_PADDING_THEN, "2")                            \
  load(A)                                                                     \
  load(B)                                                                     \
  pixel(C, A, B)                                                              \
  LOCKSTEP_NEXT(store, LOCKSTEP_PADDING_THEN, "3")                            \
  load(C)                                                                     \
  load(A)                                                                     \
  pixel(B, C, A)                                                              \
  LOCKSTEP_NEXT(store, LOCKSTEP_PADDING_THEN, "4")                            \
  "b 1b\n"                                                                    \
  "9:\n"

// A column's rows are loaded into the registers a, b and c as x - 128; 0x80 lies in v31.
#define LOCKSTEP_LOAD_ROWS(a, b, c)                                           \
  "ld1 {v" #a ".16b}, [%[x0]], %[s0]\n"                                       \
  "ld1 {v" #b ".16b}, [%[x1]], %[s1]\n"                                       \
  "ld1 {v" #c ".16b}, [%[x2]], %[s2]\n"                                       \
  "eor v" #a ".16b, v" #a ".16b, v31.16b\n"                                   \
  "eor v" #b ".16b, v" #b ".16b, v31.16b\n"                                   \
  "eor v" #c ".16b, v" #c ".16b, v31.16b\n"

// For shifts of at least 1, with constants in w to z.
#define LOCKSTEP_REQUANTIZE_3X3(a, b, c, d, w, x, y, z)                       \
  "ld1 {v" #w ".4s, v" #x ".4s, v" #y ".4s, v" #z ".4s}, [%[multipliers]]\n"  \
  LOCKSTEP_MULTIPLY_BY(a, b, c, d, w, x, y, z)                                \
  "ld1 {v" #w ".4s, v" #x ".4s, v" #y ".4s, v" #z ".4s}, [%[shifts]]\n"       \
  LOCKSTEP_SHIFT_BY(a, b, c, d, w, x, y, z)
// Sums to bytes in a. The limits lie in l, m and n.
#define LOCKSTEP_BYTES_3X3(a, b, c, d, w, x, y, z, l, m, n, load_limits)      \
  LOCKSTEP_REQUANTIZE_3X3(a, b, c, d, w, x, y, z)                             \
  load_limits                                                                 \
  LOCKSTEP_CLAMPED_BYTES(a, b, c, d, l, m, n)
// The same for zero point 0 without limits.
#define LOCKSTEP_PLAIN_BYTES_3X3(a, b, c, d, w, x, y, z)                      \
  LOCKSTEP_REQUANTIZE_3X3(a, b, c, d, w, x, y, z)                             \
  LOCKSTEP_SATURATED_BYTES(a, b, c, d)

// The registers' values at the begin of a row; `load_constants` reads weights and whatever else stays in registers.
#define LOCKSTEP_ROW_3X3(name, load_constants, stride, out_register)                                     \
  void name(const Row3x3& row) {                                                                                       \
    const uint8_t *x0, *x1, *x2;                                                                                       \
    int64_t s0, s1, s2;                                                                                                \
    int64_t count = row.count;                                                                                         \
    int64_t last = row.last;                                                                                           \
    uint8_t* out = row.out;                                                                                            \
    const int8_t* weights = row.weights;                                                                               \
    __asm__ volatile(                                                                                                  \
        "movi v31.16b, #0x80\n"                                                                                        \
        load_constants                                                                                                 \
        "ldp %[x0], %[x1], [%[row]]\n"                                                                                 \
        "ldr %[x2], [%[row], #16]\n"                                                                                   \
        "mov %[s0], #0\n"                                                                                              \
        "mov %[s1], #0\n"                                                                                              \
        "mov %[s2], #0\n"                                                                                              \
        LOCKSTEP_LOAD(A)                                                                                               \
        "ldp %[x0], %[x1], [%[row], #32]\n"                                                                            \
        "ldr %[x2], [%[row], #48]\n"                                                                                   \
        "ldp %[s0], %[s1], [%[row], #64]\n"                                                                            \
        "ldr %[s2], [%[row], #80]\n"                                                                                   \
        stride(LOCKSTEP_LOAD, LOCKSTEP_PIXEL, LOCKSTEP_STORE_PIXEL(out_register))                                      \
        : [x0] "=&r"(x0), [x1] "=&r"(x1), [x2] "=&r"(x2), [s0] "=&r"(s0), [s1] "=&r"(s1), [s2] "=&r"(s2),              \
          [count] "+r"(count), [last] "+r"(last), [out] "+r"(out), [weights] "+r"(weights)                             \
        : [row] "r"(&row), [out_step] "r"(row.out_step), [padding] "r"(row.padding),                                  \
          [starts] "r"(row.block->start), [multipliers] "r"(row.block->multiplier), [shifts] "r"(row.block->left_shift), \
          [limits] "r"(row.limits)                                                                                     \
        : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13",      \
          "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28",     \
          "v29", "v30", "v31");                                                                                        \
  }
// clang-format on

}  // namespace
}  // namespace lockstep::kernels
