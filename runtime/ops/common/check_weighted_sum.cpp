#include "ops/common/check_weighted_sum.h"

namespace lockstep::check {

Status FindWeights(LayerCheck& layer, int32_t index, joint::Packing packing, const joint::Tensor** weights) {
  const auto& tensors = *layer.model().model.tensors();
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("weights", index, 0, static_cast<int64_t>(tensors.size()) - 1));
  const joint::Tensor* tensor = tensors[index];
  if (tensor->constant() < 0 || tensor->dtype() != joint::DType::S8 || tensor->packing() != packing ||
      Rank(*tensor) != 4) {
    return layer.Wrong("weights", "must be a constant of dtype s8 with four axes in the operator's packing");
  }
  *weights = tensor;
  return Status::Ok();
}

}  // namespace lockstep::check
