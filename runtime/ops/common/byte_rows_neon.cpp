#include <arm_neon.h>

#include <cstddef>

#include "ops/common/byte_rows.h"

namespace lockstep::kernels {
namespace {

constexpr ptrdiff_t kVectorBytes = 16;
constexpr ptrdiff_t kHalf = 8;

// Where rows lie side by side, they are one.
ByteRows Joined(ByteRows rows) {
  if (rows.from_step != rows.length || rows.to_step != rows.length) return rows;
  rows.length *= rows.count;
  rows.count = 1;
  return rows;
}

#if defined(__aarch64__)

// The 256 entries lie in sixteen registers; tbl and tbx leave lanes alone whose index is beyond their 64 entries.
struct Table {
  uint8x16x4_t part[4];

  [[gnu::always_inline]] explicit Table(const uint8_t* entries)
      : part{vld1q_u8_x4(entries), vld1q_u8_x4(entries + 64), vld1q_u8_x4(entries + 128), vld1q_u8_x4(entries + 192)} {}

  [[gnu::always_inline]] uint8x16_t LookUp(uint8x16_t index) const {
    const uint8x16_t step = vdupq_n_u8(64);
    uint8x16_t value = vqtbl4q_u8(part[0], index);
    index = vsubq_u8(index, step);
    value = vqtbx4q_u8(value, part[1], index);
    index = vsubq_u8(index, step);
    value = vqtbx4q_u8(value, part[2], index);
    index = vsubq_u8(index, step);
    return vqtbx4q_u8(value, part[3], index);
  }
};

ptrdiff_t LookUpVectors(const Table& table, const uint8_t* x, uint8_t* y, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + kVectorBytes <= count; i += kVectorBytes) vst1q_u8(y + i, table.LookUp(vld1q_u8(x + i)));
  if (i + kHalf <= count) {
    vst1_u8(y + i, vget_low_u8(table.LookUp(vcombine_u8(vld1_u8(x + i), vdup_n_u8(0)))));
    i += kHalf;
  }
  return i;
}

#else

struct Table {
  const uint8_t* entries;
  explicit Table(const uint8_t* from) : entries(from) {}
};

// The table would take every register that there is: eight loads at once are no slower.
ptrdiff_t LookUpVectors(const Table& table, const uint8_t* x, uint8_t* y, ptrdiff_t count) {
  const uint8_t* entries = table.entries;
  ptrdiff_t i = 0;
  for (; i + kHalf <= count; i += kHalf) {
    uint8_t values[kHalf];
    for (ptrdiff_t k = 0; k < kHalf; ++k) values[k] = entries[x[i + k]];
    for (ptrdiff_t k = 0; k < kHalf; ++k) y[i + k] = values[k];
  }
  return i;
}

#endif

}  // namespace

void LookUpRowsNeon(const uint8_t* entries, const ByteRows& of) {
  const ByteRows rows = Joined(of);
  const auto length = static_cast<ptrdiff_t>(rows.length);
  const Table table(entries);
  for (ptrdiff_t row = 0; row < rows.count; ++row) {
    const uint8_t* from = rows.from + row * rows.from_step;
    uint8_t* to = rows.to + row * rows.to_step;
    for (ptrdiff_t i = LookUpVectors(table, from, to, length); i < length; ++i) to[i] = entries[from[i]];
  }
}

void CopyRowsNeon(const ByteRows& of) {
  const ByteRows rows = Joined(of);
  const auto length = static_cast<ptrdiff_t>(rows.length);
  for (ptrdiff_t row = 0; row < rows.count; ++row) {
    const uint8_t* from = rows.from + row * rows.from_step;
    uint8_t* to = rows.to + row * rows.to_step;
    ptrdiff_t i = 0;
    for (; i + 2 * kVectorBytes <= length; i += 2 * kVectorBytes) {
      const uint8x16_t first = vld1q_u8(from + i);
      const uint8x16_t second = vld1q_u8(from + i + kVectorBytes);
      vst1q_u8(to + i, first);
      vst1q_u8(to + i + kVectorBytes, second);
    }
    for (; i + kHalf <= length; i += kHalf) vst1_u8(to + i, vld1_u8(from + i));
    for (; i < length; ++i) to[i] = from[i];
  }
}

}  // namespace lockstep::kernels
