// The loop over rows for kernels of an instruction set.
#pragma once

#include "joint_elements.h"
#include "ops/layer_args.h"
#include "ops/layer_normalization/row_deviation.h"

namespace lockstep::kernels {

inline void NormaliseRows(const LayerArgs& args, int64_t begin, int64_t end,
                          RowSums (*sum)(const uint8_t* x, bool wide, int64_t n), uint64_t (*floor_root)(uint64_t w),
                          void (*normalise)(const NormalisedRow& row)) {
  const joint::LayerNormalization& o = *args.layer->options_as_LayerNormalization();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const DeviationScale scale(o);
  NormalisedRow row{};
  row.n = args.inputs[1].elements;
  row.wide_x = x.dtype == joint::DType::U16;
  row.wide_y = y.dtype == joint::DType::U16;
  row.variance_shift = o.variance_shift();
  row.gamma = reinterpret_cast<const int16_t*>(args.inputs[1].data);
  row.beta = reinterpret_cast<const int64_t*>(args.inputs[2].data);
  row.multiplier = o.multiplier();
  row.shift = o.shift();
  row.zero_point = y.zero_point;
  row.low = o.clamp_low();
  row.high = o.clamp_high();
  for (int64_t i = begin; i < end; ++i) {
    row.x = x.data + i * row.n * ElementBytes(x.dtype);
    row.y = y.data + i * row.n * ElementBytes(y.dtype);
    const RowSums sums = sum(row.x, row.wide_x, row.n);
    row.sum = sums.values;
    row.inverse = InverseOf(sums, row.n, scale, floor_root);
    normalise(row);
  }
}

}  // namespace lockstep::kernels
