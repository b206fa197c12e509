// Tables of 256 bytes by the instruction set's own means.
#pragma once

#include "ops/common/byte_rows.h"
#include "ops/common/byte_table.h"

namespace lockstep::kernels {

// y = table[y]
inline void ApplyTableMsa(const uint8_t* table, const Stretches<uint8_t>& y) {
  LookUpRowsMsa(table, {y.data, y.step, y.data, y.step, y.count, y.length});
}

}  // namespace lockstep::kernels
