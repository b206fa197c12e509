// Two taps of a channel fit into 16 bits as products of x - 128 with w within +-127: smull, smlal and widening
// additions. Weights take nine registers and three columns of three rows as many.
#include "ops/depthwise_conv/depthwise_3x3_aarch64.h"

namespace lockstep::kernels {
namespace {

// clang-format off
#define LOCKSTEP_ADD(t, u)                          \
  "saddw v25.4s, v25.4s, v" #t ".4h\n"              \
  "saddw2 v26.4s, v26.4s, v" #t ".8h\n"             \
  "saddw v27.4s, v27.4s, v" #u ".4h\n"              \
  "saddw2 v28.4s, v28.4s, v" #u ".8h\n"
#define LOCKSTEP_ONE(t, u, w, x)                    \
  "smull v" #t ".8h, v" #w ".8b, v" #x ".8b\n"      \
  "smull2 v" #u ".8h, v" #w ".16b, v" #x ".16b\n"
#define LOCKSTEP_TWO(t, u, w0, x0, w1, x1)          \
  LOCKSTEP_ONE(t, u, w0, x0)                        \
  "smlal v" #t ".8h, v" #w1 ".8b, v" #x1 ".8b\n"    \
  "smlal2 v" #u ".8h, v" #w1 ".16b, v" #x1 ".16b\n" \
  LOCKSTEP_ADD(t, u)

// The first and the second column before the last, as that has just been loaded.
#define LOCKSTEP_SUMS(a0, a1, a2, b0, b1, b2, c0, c1, c2)             \
  "ld1 {v25.4s, v26.4s, v27.4s, v28.4s}, [%[starts]]\n"               \
  LOCKSTEP_TWO(29, 30, 0, a0, 1, b0)                                  \
  LOCKSTEP_TWO(12, 13, 3, a1, 4, b1)                                  \
  LOCKSTEP_TWO(14, 15, 6, a2, 7, b2)                                  \
  LOCKSTEP_TWO(29, 30, 2, c0, 5, c1)                                  \
  LOCKSTEP_ONE(12, 13, 8, c2)                                         \
  LOCKSTEP_ADD(12, 13)                                                \
  LOCKSTEP_BYTES_3X3(25, 26, 27, 28, 12, 13, 14, 15, 9, 10, 11, "")

#define LOCKSTEP_COLUMN_A 16, 17, 18
#define LOCKSTEP_COLUMN_B 19, 20, 21
#define LOCKSTEP_COLUMN_C 22, 23, 24
#define LOCKSTEP_EXPAND(macro, ...) macro(__VA_ARGS__)
#define LOCKSTEP_LOAD(column) LOCKSTEP_EXPAND(LOCKSTEP_LOAD_ROWS, LOCKSTEP_COLUMN_##column)
#define LOCKSTEP_PIXEL(a, b, c) \
  LOCKSTEP_EXPAND(LOCKSTEP_SUMS, LOCKSTEP_COLUMN_##a, LOCKSTEP_COLUMN_##b, LOCKSTEP_COLUMN_##c)

#define LOCKSTEP_CONSTANTS                                           \
  "ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [%[weights]]\n"             \
  "ldp q4, q5, [%[weights], #64]\n"                                  \
  "ldp q6, q7, [%[weights], #96]\n"                                  \
  "ldr q8, [%[weights], #128]\n"                                     \
  "ld1 {v9.16b, v10.16b, v11.16b}, [%[limits]]\n"

LOCKSTEP_ROW_3X3(RunStride1, LOCKSTEP_CONSTANTS, LOCKSTEP_STRIDE_1, "v25.16b")
LOCKSTEP_ROW_3X3(RunStride2, LOCKSTEP_CONSTANTS, LOCKSTEP_STRIDE_2, "v25.16b")
// clang-format on

}  // namespace

void depthwise_rows_3x3_u8s8_neon(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  const auto* blocks = reinterpret_cast<const DepthwiseBlock*>(layer.state);
  RunRows3x3(layer, begin, end, reinterpret_cast<const int8_t*>(blocks + DepthwiseBlocks(layer.channels)),
             9 * kDepthwiseBlock, layer.stride_w == 1 ? RunStride1 : RunStride2, nullptr);
}

}  // namespace lockstep::kernels
