// The stretches of a Quantize for kernels of an instruction set.
#pragma once

#include "ops/common/element_runs.h"
#include "ops/quantize/quantize.h"

namespace lockstep::kernels {

inline void QuantizeStretches(const LayerArgs& args, int64_t begin, int64_t end,
                              void (*quantize)(const QuantizeConstants& constants, const ByteRows& rows)) {
  const joint::Quantize& o = *args.layer->options_as_Quantize();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const QuantizeConstants constants = {y.dtype == joint::DType::U16, y.scale, y.zero_point, o.clamp_low(),
                                       o.clamp_high()};
  ForEachStretch(x, y, ElementsOf(y, begin, end), [&](int64_t from, int64_t to, int64_t count) {
    quantize(constants, {x.data + from * int64_t{sizeof(float)}, 0, y.data + to * ElementBytes(y.dtype), 0, 1, count});
  });
}

}  // namespace lockstep::kernels
