#include "ops/common/check_weighted_sum.h"

namespace lockstep::check {

Status FindWeights(LayerCheck& layer, int32_t index, joint::DType dtype, joint::Packing packing,
                   const joint::Tensor** weights) {
  const auto& tensors = *layer.model().model.tensors();
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("weights", index, 0, static_cast<int64_t>(tensors.size()) - 1));
  const joint::Tensor* tensor = tensors[index];
  if (tensor->constant() < 0 || tensor->dtype() != dtype || tensor->packing() != packing || Rank(*tensor) != 4) {
    return layer.Wrong(
        "weights",
        "must be a constant with four axes, of the type and in the packing that the operator has for its output");
  }
  *weights = tensor;
  return Status::Ok();
}

}  // namespace lockstep::check
