#include "ops/common/byte_table.h"

#include <cstddef>
#include <cstring>

namespace lockstep::kernels {

void ApplyTable(const uint8_t* table, uint8_t* data, int64_t count) {
  for (int64_t i = 0; i < count; ++i) data[i] = table[data[i]];
}

void ApplyWideTable(const uint8_t* table, uint16_t* data, int64_t count) {
  for (int64_t i = 0; i < count; ++i) std::memcpy(data + i, table + size_t{2} * (data[i] & 0xff), 2);
}

}  // namespace lockstep::kernels
