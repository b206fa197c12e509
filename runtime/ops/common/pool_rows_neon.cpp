// First over the rows of the windows, for all columns of the input, then over the columns of each window.
#include <arm_neon.h>

#include <cstddef>

#include "ops/common/pool_rows.h"

namespace lockstep::kernels {
namespace {

constexpr ptrdiff_t kBytes = 16;
constexpr ptrdiff_t kHalf = 8;

// to[i] = max(from[i], from[i + step], ...), `count` of them.
void MaxOf(const uint8_t* from, ptrdiff_t step, ptrdiff_t count, ptrdiff_t length, uint8_t* to) {
  ptrdiff_t i = 0;
  if (count == 3) {
    for (; i + kBytes <= length; i += kBytes) {
      const uint8x16_t most = vmaxq_u8(vld1q_u8(from + i), vld1q_u8(from + i + step));
      vst1q_u8(to + i, vmaxq_u8(most, vld1q_u8(from + i + 2 * step)));
    }
  }
  for (; i + kBytes <= length; i += kBytes) {
    uint8x16_t most = vld1q_u8(from + i);
    for (ptrdiff_t k = 1; k < count; ++k) most = vmaxq_u8(most, vld1q_u8(from + i + k * step));
    vst1q_u8(to + i, most);
  }
  for (; i + kHalf <= length; i += kHalf) {
    uint8x8_t most = vld1_u8(from + i);
    for (ptrdiff_t k = 1; k < count; ++k) most = vmax_u8(most, vld1_u8(from + i + k * step));
    vst1_u8(to + i, most);
  }
  for (; i < length; ++i) {
    uint8_t most = from[i];
    for (ptrdiff_t k = 1; k < count; ++k) most = from[i + k * step] > most ? from[i + k * step] : most;
    to[i] = most;
  }
}

}  // namespace

void MaxPoolRowNeon(const PoolRow& row, uint8_t* columns) {
  if (row.pixel_step == row.channels) {
    MaxOf(row.from, static_cast<ptrdiff_t>(row.row_step), static_cast<ptrdiff_t>(row.rows),
          ptrdiff_t{row.in_w} * row.channels, columns);
  } else {
    for (ptrdiff_t x = 0; x < row.in_w; ++x) {
      MaxOf(row.from + x * row.pixel_step, static_cast<ptrdiff_t>(row.row_step), static_cast<ptrdiff_t>(row.rows),
            row.channels, columns + x * row.channels);
    }
  }
  for (ptrdiff_t x = 0; x < row.out_w; ++x) {
    const ptrdiff_t start = x * row.stride_w - row.pad_left;
    const ptrdiff_t first = start > 0 ? start : 0;
    const ptrdiff_t end = start + row.kernel_w < row.in_w ? start + row.kernel_w : row.in_w;
    MaxOf(columns + first * row.channels, row.channels, end - first, row.channels, row.y + x * row.y_step);
  }
}

}  // namespace lockstep::kernels
