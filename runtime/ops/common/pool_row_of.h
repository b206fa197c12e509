// The rows of outputs that the units of a pool are.
#pragma once

#include "joint_elements.h"
#include "ops/common/pool_rows.h"
#include "ops/common/window_span.h"
#include "ops/layer_args.h"

namespace lockstep::kernels {

class PoolRows {
 public:
  template <typename Pool>
  PoolRows(const Pool& pool, const LayerArgs& args)
      : x_(args.inputs[0]),
        y_(args.outputs[0]),
        kernel_h_(pool.kernel_h()),
        stride_h_(pool.stride_h()),
        pad_top_(pool.pad_top()),
        row_{nullptr,
             x_.shape[2] * x_.pitch * ElementBytes(x_.dtype),
             0,
             x_.pitch * ElementBytes(x_.dtype),
             x_.shape[3],
             x_.shape[2],
             y_.shape[2],
             pool.kernel_w(),
             pool.stride_w(),
             pool.pad_left(),
             nullptr,
             y_.pitch * ElementBytes(y_.dtype),
             x_.dtype == joint::DType::U16,
             y_.dtype == joint::DType::U16} {}

  const PoolRow& Of(int64_t unit) {
    const WindowSpan rows = WindowWithin(unit % y_.shape[1] * stride_h_ - pad_top_, kernel_h_, x_.shape[1]);
    row_.from = x_.data + (unit / y_.shape[1] * x_.shape[1] + rows.first) * row_.row_step;
    row_.rows = rows.size();
    row_.y = y_.data + unit * y_.shape[2] * row_.y_step;
    return row_;
  }

 private:
  const TensorView& x_;
  const TensorView& y_;
  int64_t kernel_h_, stride_h_, pad_top_;
  PoolRow row_;
};

}  // namespace lockstep::kernels
