#include "ops/common/check_reduce.h"

#include <algorithm>

namespace lockstep::check {
namespace {

// Sets bit i of `reduced` for axis i.
Verdict CheckAxes(const LayerCheck& layer, const flatbuffers::Vector<uint8_t>& axes, uint32_t& reduced) {
  const int32_t rank = Rank(layer.input(0));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("length of axes", axes.size(), 1, rank));
  int32_t least = 0;
  for (uint32_t i = 0; i < axes.size(); ++i) {
    LOCKSTEP_RETURN_IF_FAULT(layer.InRange("axes", i, axes.Get(i), least, rank - 1));
    least = axes.Get(i) + 1;
    reduced |= 1U << axes.Get(i);
  }
  return Verdict::kPassed;
}

// The extents above 1 of the axes that stay.
struct Kept {
  Kept(const joint::Tensor& tensor, uint32_t reduced) {
    for (int32_t axis = 0; axis < Rank(tensor); ++axis) {
      if (Shape(tensor)[axis] != 1 && (reduced >> axis & 1) == 0) extents[count++] = Shape(tensor)[axis];
    }
  }

  int32_t extents[kMaxRank] = {};
  int32_t count = 0;
};

Verdict CheckShape(const LayerCheck& layer, uint32_t reduced) {
  const Kept of_x(layer.input(0), reduced);
  const Kept of_y(layer.output(), 0);
  if (of_x.count == of_y.count && std::equal(of_x.extents, of_x.extents + of_x.count, of_y.extents)) {
    return Verdict::kPassed;
  }
  return layer.Wrong("shape", "the output's is not that of the input without the axes");
}

}  // namespace

Verdict CheckReduce(const LayerCheck& layer, const flatbuffers::Vector<uint8_t>& axes) {
  uint32_t reduced = 0;
  LOCKSTEP_RETURN_IF_FAULT(CheckAxes(layer, axes, reduced));
  return CheckShape(layer, reduced);
}

}  // namespace lockstep::check
