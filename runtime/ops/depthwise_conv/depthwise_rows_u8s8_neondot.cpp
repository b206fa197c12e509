// sdot adds four products of neighbouring bytes: they are the rows of a column here, the fourth of them with a weight
// of zero. A column of sixteen channels is interleaved once for the three windows that reach it.
//
// Only this file is compiled for dot products. It must not use inline functions with external linkage: the linker might
// keep its copy of one for a CPU without these instructions.
#include "ops/depthwise_conv/depthwise_3x3_aarch64.h"
#include "ops/depthwise_conv/depthwise_pair_neondot.h"

namespace lockstep::kernels {
namespace {

// clang-format off
#define LOCKSTEP_INTERLEAVE(c0, c1, c2, c3)          \
  LOCKSTEP_LOAD_ROWS(28, 29, 30)                     \
  "zip1 v" #c0 ".16b, v28.16b, v29.16b\n"            \
  "zip2 v" #c2 ".16b, v28.16b, v29.16b\n"            \
  "zip1 v28.16b, v30.16b, v30.16b\n"                 \
  "zip2 v29.16b, v30.16b, v30.16b\n"                 \
  "zip2 v" #c1 ".8h, v" #c0 ".8h, v28.8h\n"          \
  "zip1 v" #c0 ".8h, v" #c0 ".8h, v28.8h\n"          \
  "zip2 v" #c3 ".8h, v" #c2 ".8h, v29.8h\n"          \
  "zip1 v" #c2 ".8h, v" #c2 ".8h, v29.8h\n"

#define LOCKSTEP_COLUMN_SUMS(w0, w1, w2, w3, c0, c1, c2, c3)  \
  "sdot v12.4s, v" #w0 ".16b, v" #c0 ".16b\n"                 \
  "sdot v13.4s, v" #w1 ".16b, v" #c1 ".16b\n"                 \
  "sdot v14.4s, v" #w2 ".16b, v" #c2 ".16b\n"                 \
  "sdot v15.4s, v" #w3 ".16b, v" #c3 ".16b\n"

#define LOCKSTEP_COLUMN_A 16, 17, 18, 19
#define LOCKSTEP_COLUMN_B 20, 21, 22, 23
#define LOCKSTEP_COLUMN_C 24, 25, 26, 27
#define LOCKSTEP_EXPAND(macro, ...) macro(__VA_ARGS__)
#define LOCKSTEP_LOAD(column) LOCKSTEP_EXPAND(LOCKSTEP_INTERLEAVE, LOCKSTEP_COLUMN_##column)
#define LOCKSTEP_PIXEL(a, b, c)                                                       \
  "ld1 {v12.4s, v13.4s, v14.4s, v15.4s}, [%[starts]]\n"                               \
  LOCKSTEP_EXPAND(LOCKSTEP_COLUMN_SUMS, 0, 1, 2, 3, LOCKSTEP_COLUMN_##a)              \
  LOCKSTEP_EXPAND(LOCKSTEP_COLUMN_SUMS, 4, 5, 6, 7, LOCKSTEP_COLUMN_##b)              \
  LOCKSTEP_EXPAND(LOCKSTEP_COLUMN_SUMS, 8, 9, 10, 11, LOCKSTEP_COLUMN_##c)            \
  LOCKSTEP_END                                                                        \
  "movi v31.16b, #0x80\n"

#define LOCKSTEP_CONSTANTS                                           \
  "ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [%[weights]], #64\n"        \
  "ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [%[weights]], #64\n"        \
  "ld1 {v8.16b, v9.16b, v10.16b, v11.16b}, [%[weights]]\n"

#define LOCKSTEP_END                                                    \
  LOCKSTEP_BYTES_3X3(12, 13, 14, 15, 28, 29, 30, 31, 28, 29, 30,        \
                     "ld1 {v28.16b, v29.16b, v30.16b}, [%[limits]]\n")
LOCKSTEP_ROW_3X3(RunStride1, LOCKSTEP_CONSTANTS, LOCKSTEP_STRIDE_1, "v12.16b")
LOCKSTEP_ROW_3X3(RunStride2, LOCKSTEP_CONSTANTS, LOCKSTEP_STRIDE_2, "v12.16b")
#undef LOCKSTEP_END
#define LOCKSTEP_END LOCKSTEP_PLAIN_BYTES_3X3(12, 13, 14, 15, 28, 29, 30, 31)
LOCKSTEP_ROW_3X3(RunPlainStride1, LOCKSTEP_CONSTANTS, LOCKSTEP_STRIDE_1, "v12.16b")
LOCKSTEP_ROW_3X3(RunPlainStride2, LOCKSTEP_CONSTANTS, LOCKSTEP_STRIDE_2, "v12.16b")
// clang-format on

}  // namespace

void depthwise_rows_u8s8_neondot(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  const int8_t* columns = DepthwiseColumns(layer.state, layer.channels);
  const bool plain = layer.zero_point == 0 && layer.low == 0 && layer.high == 255;
  const auto stride_1 = plain ? RunPlainStride1 : RunStride1;
  const auto stride_2 = plain ? RunPlainStride2 : RunStride2;
  const bool pairs = plain && layer.stride_h == 1 && layer.stride_w == 1 && HasNarrowShifts(layer);
  RunRows3x3(layer, begin, end, columns, kDepthwiseColumnBytes, layer.stride_w == 1 ? stride_1 : stride_2,
             pairs ? RunPair : nullptr);
}

}  // namespace lockstep::kernels
