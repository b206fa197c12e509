#include "arithmetic/requantize.h"
#include "joint_elements.h"
#include "ops/interpolate/interpolate.h"
#include "ops/interpolate/interpolate_row.h"

namespace lockstep::kernels {

bool AcceptsInterpolate512(const LayerArgs& args) {
  if (args.outputs[0].dtype == joint::DType::F32) return false;
  const int32_t shift = args.layer->options_as_Interpolate()->shift();
  return args.inputs[0].dtype == joint::DType::U8 || (shift >= kLongShift && shift <= rq1::kMaxShift);
}

// A unit is one output row.
void interpolate_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  const joint::Interpolate& o = *args.layer->options_as_Interpolate();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  InterpolateRow row{};
  row.pixel_step = x.pitch * ElementBytes(x.dtype);
  row.row_step = x.shape[2] * row.pixel_step;
  row.in_w = x.shape[2];
  row.channels = x.shape[3];
  row.out_w = y.shape[2];
  row.row_taps = o.row_weights()->size() / o.rows()->size();
  row.columns = o.columns()->data();
  row.column_weights = o.column_weights()->data();
  row.column_taps = o.column_weights()->size() / o.columns()->size();
  row.sums = scratch;
  row.y_step = y.pitch * ElementBytes(y.dtype);
  row.wide_y = y.dtype == joint::DType::U16;
  row.zero_in = x.zero_point;
  row.multiplier = o.multiplier();
  row.shift = o.shift();
  row.zero_point = y.zero_point;
  row.low = o.clamp_low();
  row.high = o.clamp_high();
  const auto run = x.dtype == joint::DType::U16 ? InterpolateWideRow512 : InterpolateRow512;
  for (int64_t unit = begin; unit < end; ++unit) {
    const int64_t at = unit % y.shape[1];
    row.from = x.data + (unit / y.shape[1] * x.shape[1] + o.rows()->Get(static_cast<uint32_t>(at))) * row.row_step;
    row.row_weights = o.row_weights()->data() + at * row.row_taps;
    row.y = y.data + unit * row.out_w * row.y_step;
    run(row);
  }
}

}  // namespace lockstep::kernels
