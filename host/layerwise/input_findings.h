// What an analysis says of inputs that the model and its float network see differently.
#pragma once

#include <string>
#include <vector>

#include "layerwise/analysis.h"

namespace lockstep::layerwise {

std::vector<Finding> InputFindings(const Analysis& analysis);

}  // namespace lockstep::layerwise
