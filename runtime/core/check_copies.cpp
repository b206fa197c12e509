// Operators that copy elements: Slice, Reshape, Transpose and Resize.
#include "core/layer_check.h"

namespace lockstep::check {
namespace {

Status CheckCopy(const LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  return layer.SameValues(layer.input(0), layer.output());
}

Status CheckIndices(LayerCheck& layer, const char* field, const flatbuffers::Vector<int32_t>& indices, int axis) {
  const int32_t count = Shape(layer.output())[axis];
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange(field, indices.size(), count, count));
  if (!Spend(layer.model(), indices.size())) return layer.Wrong(field, "shared by too many layers");
  for (uint32_t i = 0; i < indices.size(); ++i) {
    LOCKSTEP_RETURN_IF_ERROR(layer.InRange(field, i, indices[i], 0, Shape(layer.input(0))[axis] - 1));
  }
  return Status::Ok();
}

}  // namespace

Status CheckSlice(LayerCheck& layer) {
  const auto& o = layer.options<joint::Slice>();
  LOCKSTEP_RETURN_IF_ERROR(CheckCopy(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != Rank(y)) return layer.Wrong("shape", "input and output must have the same number of axes");
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of start", o.start()->size(), Rank(x), Rank(x)));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of step", o.step()->size(), Rank(x), Rank(x)));
  for (int i = 0; i < Rank(x); ++i) {
    const auto axis = static_cast<uint32_t>(i);
    const int64_t start = o.start()->Get(axis);
    const int64_t step = o.step()->Get(axis);
    LOCKSTEP_RETURN_IF_ERROR(layer.InRange("start", axis, start, 0, Shape(x)[i] - 1));
    LOCKSTEP_RETURN_IF_ERROR(layer.InRange("step", axis, step, 1, kMaxExtent));
    if (start + (int64_t{Shape(y)[i]} - 1) * step >= Shape(x)[i]) {
      return layer.Wrong("step", i, "the slice leaves the input");
    }
  }
  return Status::Ok();
}

Status CheckReshape(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(CheckCopy(layer));
  if (Elements(layer.input(0)) == Elements(layer.output())) return Status::Ok();
  return layer.Wrong("shape", "input and output must have the same number of elements");
}

Status CheckTranspose(LayerCheck& layer) {
  const auto& o = layer.options<joint::Transpose>();
  LOCKSTEP_RETURN_IF_ERROR(CheckCopy(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != Rank(y)) return layer.Wrong("shape", "input and output must have the same number of axes");
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of perm", o.perm()->size(), Rank(x), Rank(x)));
  uint32_t seen = 0;
  for (int i = 0; i < Rank(x); ++i) {
    const int32_t axis = o.perm()->Get(static_cast<uint32_t>(i));
    LOCKSTEP_RETURN_IF_ERROR(layer.InRange("perm", static_cast<uint32_t>(i), axis, 0, Rank(x) - 1));
    if ((seen >> axis & 1) != 0) return layer.Wrong("perm", i, "occurs twice");
    seen |= 1U << axis;
    if (Shape(y)[i] != Shape(x)[axis]) return layer.Wrong("shape", "the output's is not the permuted input's");
  }
  return Status::Ok();
}

Status CheckResize(LayerCheck& layer) {
  const auto& o = layer.options<joint::Resize>();
  LOCKSTEP_RETURN_IF_ERROR(CheckCopy(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != 4 || Rank(y) != 4) return layer.Wrong("shape", "input and output must have four axes");
  if (Shape(x)[0] != Shape(y)[0] || Shape(x)[3] != Shape(y)[3]) {
    return layer.Wrong("shape", "input and output must have the same batch and channels");
  }
  LOCKSTEP_RETURN_IF_ERROR(CheckIndices(layer, "rows", *o.rows(), 1));
  return CheckIndices(layer, "columns", *o.columns(), 2);
}

}  // namespace lockstep::check
