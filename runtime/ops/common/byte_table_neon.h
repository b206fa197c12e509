// Tables of 256 bytes by the instruction set's own means.
#pragma once

#include "ops/common/byte_table.h"

namespace lockstep::kernels {

// y[i] = table[x[i]]; x may be y.
void LookUpNeon(const uint8_t* table, const uint8_t* x, uint8_t* y, int64_t count);
// y = table[y]
void ApplyTableNeon(const uint8_t* table, const Stretches<uint8_t>& y);

}  // namespace lockstep::kernels
