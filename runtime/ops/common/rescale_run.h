// Another scale, zero point or width for a run of elements: Rescale, and the inputs of a Concat.
#pragma once

#include "ops/common/byte_table.h"
#include "ops/common/elements.h"

namespace lockstep::kernels {

inline constexpr size_t kRescaleTableBytes = 512;  // 256 entries of the widest output type

struct RescaleTo {
  const TensorView& input;
  const TensorView& output;
  int32_t multiplier;  // 0: y = x, and the types are equal
  int32_t shift;
  const uint8_t* table;  // of BuildRescaleTable for an input of bytes that is not copied; else not used
};

// All 256 results of a U8 or S8 input by its byte, in the output's type.
void BuildRescaleTable(const TensorView& input, const TensorView& output, int32_t multiplier, int32_t shift,
                       uint8_t* table);

// Elements from, from + 1, ... of the input become elements to, to + 1, ... of the output.
void RescaleRun(const RescaleTo& rescale, int64_t from, int64_t to, int64_t count);

}  // namespace lockstep::kernels
