// Rows of bytes that are copied or looked up, for kernels of an instruction set.
#pragma once

#include "ops/common/elements.h"

namespace lockstep::kernels {

struct ByteRows {
  const uint8_t* from;
  int64_t from_step;  // bytes from one row to the next
  uint8_t* to;
  int64_t to_step;
  int64_t count;
  int64_t length;
};

// One of each for an instruction set: compiled where LOCKSTEP_KERNELS_<SET> says so. `from` and `to` may be the same.
using CopyRowsFunction = void(const ByteRows& rows);
using LookUpRowsFunction = void(const uint8_t* table, const ByteRows& rows);  // of 256 bytes
CopyRowsFunction CopyRows512, CopyRowsAvx2, CopyRowsNeon, CopyRowsMsa;
LookUpRowsFunction LookUpRows512, LookUpRowsAvx2, LookUpRowsNeon, LookUpRowsMsa;

// For an operator whose output has its input's shape, both of bytes.
template <typename Visit>
void ForEachByteRow(const LayerArgs& args, int64_t begin, int64_t end, Visit visit) {
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  ForEachStretch(x, y, ElementsOf(y, begin, end), [&](int64_t from, int64_t to, int64_t count) {
    visit(ByteRows{x.data + from, 0, y.data + to, 0, 1, count});
  });
}

inline bool AreBytes(const LayerArgs& args) {
  for (int32_t i = 0; i < args.input_count; ++i) {
    if (ElementBytes(args.inputs[i].dtype) != 1) return false;
  }
  return args.outputs[0].dtype == joint::DType::U8;
}

}  // namespace lockstep::kernels
