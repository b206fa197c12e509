#include "ops/common/byte_table.h"

#include <cstddef>

namespace lockstep::kernels {

void ApplyTable(const uint8_t* table, const Stretches<uint8_t>& y) {
  for (int64_t stretch = 0; stretch < y.count; ++stretch) {
    uint8_t* data = y.data + stretch * y.step;
    for (int64_t i = 0; i < y.length; ++i) data[i] = table[data[i]];
  }
}

void ApplyWideTable(const uint8_t* table, const Stretches<uint16_t>& y) {
  for (int64_t stretch = 0; stretch < y.count; ++stretch) {
    uint16_t* data = y.data + stretch * y.step;
    for (int64_t i = 0; i < y.length; ++i) data[i] = TableEntry<uint16_t>(table, data[i]);
  }
}

void LookUpBytes(const uint8_t* table, const uint16_t* x, const Stretches<uint8_t>& y) {
  for (int64_t stretch = 0; stretch < y.count; ++stretch, x += y.length) {
    uint8_t* data = y.data + stretch * y.step;
    for (int64_t i = 0; i < y.length; ++i) data[i] = table[x[i]];
  }
}

}  // namespace lockstep::kernels
