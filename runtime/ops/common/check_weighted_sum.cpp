#include "ops/common/check_weighted_sum.h"

namespace lockstep::check {

Status CheckWeights(const LayerCheck& layer, joint::DType dtype, joint::Packing packing) {
  const joint::Tensor& weights = layer.input(1);
  if (weights.constant() < 0 || weights.dtype() != dtype || weights.packing() != packing || Rank(weights) != 4) {
    return layer.Wrong("weights", "must be a constant with four axes, of the operator's type and in its packing");
  }
  return Status::Ok();
}

}  // namespace lockstep::check
