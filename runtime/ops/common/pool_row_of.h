// The row of outputs that a unit of a pool is.
#pragma once

#include "joint_elements.h"
#include "ops/common/pool_rows.h"
#include "ops/common/window_span.h"
#include "ops/layer_args.h"

namespace lockstep::kernels {

template <typename Pool>
PoolRow PoolRowOf(const Pool& pool, const LayerArgs& args, int64_t unit) {
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const WindowSpan rows =
      WindowWithin(unit % y.shape[1] * pool.stride_h() - pool.pad_top(), pool.kernel_h(), x.shape[1]);
  const int64_t pixel_step = x.pitch * ElementBytes(x.dtype);
  const int64_t y_step = y.pitch * ElementBytes(y.dtype);
  const int64_t row_step = x.shape[2] * pixel_step;
  const int64_t first = unit / y.shape[1] * x.shape[1] + rows.first;
  return {x.data + first * row_step,
          row_step,
          rows.size(),
          pixel_step,
          x.shape[3],
          x.shape[2],
          y.shape[2],
          pool.kernel_w(),
          pool.stride_w(),
          pool.pad_left(),
          y.data + unit * y.shape[2] * y_step,
          y_step,
          x.dtype == joint::DType::U16,
          y.dtype == joint::DType::U16};
}

}  // namespace lockstep::kernels
