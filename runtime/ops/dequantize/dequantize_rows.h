// The stretches of a Dequantize for kernels of an instruction set.
#pragma once

#include "ops/common/element_runs.h"
#include "ops/dequantize/dequantize.h"

namespace lockstep::kernels {

inline void DequantizeStretches(const LayerArgs& args, int64_t begin, int64_t end,
                                void (*dequantize)(bool wide, int32_t zero_point, float scale, const ByteRows& rows)) {
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  ForEachStretch(x, y, ElementsOf(y, begin, end), [&](int64_t from, int64_t to, int64_t count) {
    dequantize(x.dtype == joint::DType::U16, x.zero_point, x.scale,
               {x.data + from * ElementBytes(x.dtype), 0, y.data + to * int64_t{sizeof(float)}, 0, 1, count});
  });
}

}  // namespace lockstep::kernels
