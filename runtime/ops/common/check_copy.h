// Operators that copy elements: Slice, Reshape, Transpose and Resize.
#pragma once

#include "check/layer_check.h"

namespace lockstep::check {

// One input, whose values the output carries unchanged.
Verdict CheckCopy(const LayerCheck& layer);

}  // namespace lockstep::check
