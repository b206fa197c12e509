#include <algorithm>

#include "check/layer_check.h"
#include "ops/reduce_mean/reduce_mean.h"

namespace lockstep::check {
namespace {

// Sets bit i of `summed` for axis i.
Status CheckAxes(const LayerCheck& layer, const flatbuffers::Vector<uint8_t>& axes, uint32_t& summed) {
  const int32_t rank = Rank(layer.input(0));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of axes", axes.size(), 1, rank));
  int32_t least = 0;
  for (uint32_t i = 0; i < axes.size(); ++i) {
    LOCKSTEP_RETURN_IF_ERROR(layer.InRange("axes", i, axes.Get(i), least, rank - 1));
    least = axes.Get(i) + 1;
    summed |= 1U << axes.Get(i);
  }
  return Status::Ok();
}

// The extents above 1 of the axes that stay.
struct Kept {
  Kept(const joint::Tensor& tensor, uint32_t summed) {
    for (int32_t axis = 0; axis < Rank(tensor); ++axis) {
      if (Shape(tensor)[axis] != 1 && (summed >> axis & 1) == 0) extents[count++] = Shape(tensor)[axis];
    }
  }

  int32_t extents[kMaxRank] = {};
  int32_t count = 0;
};

Status CheckShape(const LayerCheck& layer, uint32_t summed) {
  const Kept of_x(layer.input(0), summed);
  const Kept of_y(layer.output(), 0);
  if (of_x.count == of_y.count && std::equal(of_x.extents, of_x.extents + of_x.count, of_y.extents)) {
    return Status::Ok();
  }
  return layer.Wrong("shape", "the output's is not that of the input without the axes");
}

}  // namespace

Status CheckReduceMean(LayerCheck& layer) {
  const auto& o = layer.options<joint::ReduceMean>();
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  const bool is_float = y.dtype() == joint::DType::F32;
  if (!is_float) LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", y));
  LOCKSTEP_RETURN_IF_ERROR(is_float ? layer.IsFloat("input", x) : layer.IsQuantized("input", x));
  uint32_t summed = 0;
  LOCKSTEP_RETURN_IF_ERROR(CheckAxes(layer, *o.axes(), summed));
  LOCKSTEP_RETURN_IF_ERROR(CheckShape(layer, summed));
  LOCKSTEP_RETURN_IF_ERROR(layer.Work(static_cast<uint64_t>(Elements(x)), 1));
  if (is_float) return Status::Ok();
  LOCKSTEP_RETURN_IF_ERROR(layer.Multiplier("multiplier", o.multiplier(), o.shift()));
  LOCKSTEP_RETURN_IF_ERROR(layer.Clamp(o.clamp_low(), o.clamp_high(), High(y)));
  // A tensor has fewer than 2^31 elements, so that a sum is below 2^47; what requantisation makes of it must stay
  // within 64 bits too.
  const int64_t bound = Elements(x) / Elements(y) * TypeHigh(x);
  if (o.shift() >= 0 || bound < int64_t{1} << (61 + o.shift())) return Status::Ok();
  return layer.Wrong("shift", "the scaled sum leaves 64 bits");
}

}  // namespace lockstep::check
