#include "check/layer_check.h"
#include "ops/common/check_copy.h"
#include "ops/resize/resize.h"

namespace lockstep::check {
namespace {

Verdict CheckIndices(LayerCheck& layer, const char* field, const flatbuffers::Vector<int32_t>& indices, int axis) {
  const int32_t count = Shape(layer.output())[axis];
  LOCKSTEP_RETURN_IF_FAULT(layer.Length(field, indices.size(), count));
  if (!Spend(layer.model(), indices.size())) return layer.Wrong(field, "shared by too many layers");
  for (uint32_t i = 0; i < indices.size(); ++i) {
    LOCKSTEP_RETURN_IF_FAULT(layer.InRange(field, i, indices[i], 0, Shape(layer.input(0))[axis] - 1));
  }
  return Verdict::kPassed;
}

}  // namespace

Verdict CheckResize(LayerCheck& layer) {
  const auto& o = layer.options<joint::Resize>();
  LOCKSTEP_RETURN_IF_FAULT(CheckCopy(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != 4 || Rank(y) != 4) return layer.Wrong("shape", "input and output must have four axes");
  if (Shape(x)[0] != Shape(y)[0] || Shape(x)[3] != Shape(y)[3]) {
    return layer.Wrong("shape", "input and output must have the same batch and channels");
  }
  LOCKSTEP_RETURN_IF_FAULT(CheckIndices(layer, "rows", *o.rows(), 1));
  return CheckIndices(layer, "columns", *o.columns(), 2);
}

}  // namespace lockstep::check
