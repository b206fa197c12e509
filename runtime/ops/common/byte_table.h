// Tables of 256 entries that a layer with weights applies to its finished rows.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

void ApplyTable(const uint8_t* table, uint8_t* data, int64_t count);
// Values below 256 become entries of two bytes.
void ApplyWideTable(const uint8_t* table, uint16_t* data, int64_t count);

}  // namespace lockstep::kernels
