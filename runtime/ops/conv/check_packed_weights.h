// Weights packed as O16I4: every weight, the sums that the options claim, and the accumulator's bound.
#pragma once

#include "core/layer_check.h"

namespace lockstep::check {

// All else of the options is checked.
Status CheckPackedWeights(LayerCheck& layer, const joint::Conv& options, const joint::Tensor& weights);

}  // namespace lockstep::check
