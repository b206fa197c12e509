// Layers of networks, one or a few of each operator that is not a convolution.
#pragma once

#include <vector>

#include "operator_layer.h"

namespace lockstep::bench {

std::vector<OperatorCase> OperatorCases();

}  // namespace lockstep::bench
