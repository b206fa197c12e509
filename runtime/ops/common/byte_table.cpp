#include "ops/common/byte_table.h"

namespace lockstep::kernels {

void LookUp(const uint8_t* table, const uint8_t* x, uint8_t* y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; ++i) y[i] = table[x[i]];
}

void ApplyTable(const uint8_t* table, const Stretches<uint8_t>& y) {
  for (int64_t stretch = 0; stretch < y.count; ++stretch) {
    uint8_t* data = y.data + stretch * y.step;
    LookUp(table, data, data, static_cast<ptrdiff_t>(y.length));
  }
}

void ApplyWideTable(const uint8_t* table, const Stretches<uint16_t>& y) {
  for (int64_t stretch = 0; stretch < y.count; ++stretch) {
    uint16_t* data = y.data + stretch * y.step;
    const auto length = static_cast<ptrdiff_t>(y.length);
    for (ptrdiff_t i = 0; i < length; ++i) data[i] = TableEntry<uint16_t>(table, data[i]);
  }
}

void LookUpBytes(const uint8_t* table, const uint16_t* x, const Stretches<uint8_t>& y) {
  for (int64_t stretch = 0; stretch < y.count; ++stretch, x += y.length) {
    uint8_t* data = y.data + stretch * y.step;
    const auto length = static_cast<ptrdiff_t>(y.length);
    for (ptrdiff_t i = 0; i < length; ++i) data[i] = table[x[i]];
  }
}

}  // namespace lockstep::kernels
