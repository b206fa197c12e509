#include "ops/common/byte_table_neon.h"

#include <arm_neon.h>

namespace lockstep::kernels {
namespace {

#if defined(__aarch64__)

constexpr int64_t kVectorBytes = 16;

// The 256 entries lie in sixteen registers; tbl and tbx leave lanes alone whose index is beyond their 64 entries.
int64_t LookUpVectors(const uint8_t* table, const uint8_t* x, uint8_t* y, int64_t count) {
  const uint8x16x4_t t0 = vld1q_u8_x4(table);
  const uint8x16x4_t t1 = vld1q_u8_x4(table + 64);
  const uint8x16x4_t t2 = vld1q_u8_x4(table + 128);
  const uint8x16x4_t t3 = vld1q_u8_x4(table + 192);
  const uint8x16_t step = vdupq_n_u8(64);
  int64_t i = 0;
  for (; i + kVectorBytes <= count; i += kVectorBytes) {
    uint8x16_t index = vld1q_u8(x + i);
    uint8x16_t value = vqtbl4q_u8(t0, index);
    index = vsubq_u8(index, step);
    value = vqtbx4q_u8(value, t1, index);
    index = vsubq_u8(index, step);
    value = vqtbx4q_u8(value, t2, index);
    index = vsubq_u8(index, step);
    vst1q_u8(y + i, vqtbx4q_u8(value, t3, index));
  }
  return i;
}

#else

// The table would take every register that there is: four loads at once are no slower.
int64_t LookUpVectors(const uint8_t* table, const uint8_t* x, uint8_t* y, int64_t count) {
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const uint8_t a = table[x[i]];
    const uint8_t b = table[x[i + 1]];
    const uint8_t c = table[x[i + 2]];
    const uint8_t d = table[x[i + 3]];
    y[i] = a;
    y[i + 1] = b;
    y[i + 2] = c;
    y[i + 3] = d;
  }
  return i;
}

#endif

}  // namespace

void LookUpNeon(const uint8_t* table, const uint8_t* x, uint8_t* y, int64_t count) {
  for (int64_t i = LookUpVectors(table, x, y, count); i < count; ++i) y[i] = table[x[i]];
}

void ApplyTableNeon(const uint8_t* table, const Stretches<uint8_t>& y) {
  for (int64_t stretch = 0; stretch < y.count; ++stretch) {
    uint8_t* data = y.data + stretch * y.step;
    LookUpNeon(table, data, data, y.length);
  }
}

}  // namespace lockstep::kernels
