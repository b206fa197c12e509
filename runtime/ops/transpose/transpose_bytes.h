// A matrix of elements of one or two bytes whose rows become columns, for kernels of an instruction set.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

struct BytePlane {
  int element;          // bytes
  const uint8_t* from;  // element c of row r of the output lies at r * element + c * from_step
  int64_t from_step;
  uint8_t* to;
  int64_t to_step;  // bytes from one row of the output to the next
  int64_t rows, columns;
};

// One of each instruction set: compiled where LOCKSTEP_KERNELS_<SET> says so.
using TransposePlaneFunction = void(const BytePlane& plane);
TransposePlaneFunction TransposeBytes512;
TransposePlaneFunction TransposeBytesNeon;
TransposePlaneFunction TransposeBytesMsa;

}  // namespace lockstep::kernels
