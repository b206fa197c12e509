#include "arithmetic/rq1.h"
#include "check/layer_check.h"
#include "ops/grid_sample/grid_sample.h"

namespace lockstep::check {
namespace {

constexpr int32_t kLargestExtent = (1 << 22) - 1;
constexpr int kMaxLongShift = 55;

Verdict CheckShapes(const LayerCheck& layer) {
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& grid = layer.input(1);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != 4 || Rank(y) != 4) return layer.Wrong("shape", "input and output must have four axes");
  if (Shape(x)[0] != Shape(y)[0] || Shape(x)[3] != Shape(y)[3]) {
    return layer.Wrong("shape", "input and output must have the same batch and channels");
  }
  if (Rank(grid) != 4 || Shape(grid)[3] != 2) return layer.Wrong("grid", "must have four axes, the last of 2 elements");
  for (int axis = 0; axis < 3; ++axis) {
    if (Shape(grid)[axis] != Shape(y)[axis])
      return layer.Wrong("grid", "must have the output's batch, rows and columns");
  }
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("rows of the input", Shape(x)[1], 1, kLargestExtent));
  return layer.InRange("columns of the input", Shape(x)[2], 1, kLargestExtent);
}

Verdict CheckIntegers(const LayerCheck& layer, const joint::GridSample& o) {
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", layer.input(0)));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("grid", layer.input(1)));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", layer.output()));
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("column_multiplier", o.column_multiplier(), 0));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("column_shift", o.column_shift(), rq1::kMinShift, rq1::kMaxShift));
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("row_multiplier", o.row_multiplier(), 0));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("row_shift", o.row_shift(), rq1::kMinShift, rq1::kMaxShift));
  // Sums of 54 bits: only so does what requantisation makes of them stay within 64.
  const bool wide = !o.nearest() && layer.input(0).dtype() == joint::DType::U16;
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("multiplier", o.multiplier(), 0));
  LOCKSTEP_RETURN_IF_FAULT(
      layer.InRange("shift", o.shift(), wide ? 0 : rq1::kMinShift, wide ? kMaxLongShift : rq1::kMaxShift));
  return layer.Clamp(o.clamp_low(), o.clamp_high(), High(layer.output()));
}

}  // namespace

Verdict CheckGridSample(LayerCheck& layer) {
  const auto& o = layer.options<joint::GridSample>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(2, 2));
  if (layer.output().dtype() == joint::DType::F32) {
    LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input", layer.input(0)));
    LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("grid", layer.input(1)));
  } else {
    LOCKSTEP_RETURN_IF_FAULT(CheckIntegers(layer, o));
  }
  LOCKSTEP_RETURN_IF_FAULT(CheckShapes(layer));
  LOCKSTEP_RETURN_IF_FAULT(
      layer.InRange("padding", static_cast<int64_t>(o.padding()), 0, static_cast<int64_t>(joint::GridPadding::MAX)));
  return layer.Work(static_cast<uint64_t>(Elements(layer.output())), o.nearest() ? 1 : 4);
}

}  // namespace lockstep::check
