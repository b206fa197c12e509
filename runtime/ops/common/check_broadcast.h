// Add and Mul: two quantised inputs, broadcast as numpy does.
#pragma once

#include "check/layer_check.h"

namespace lockstep::check {

Verdict CheckBroadcast(const LayerCheck& layer);

}  // namespace lockstep::check
