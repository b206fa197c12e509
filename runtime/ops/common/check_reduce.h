// ReduceMean and ReduceMax: the output is the input without some axes.
#pragma once

#include "check/layer_check.h"

namespace lockstep::check {

// The axes are axes of the input, ascending; the output has the extents above 1 of the others, in their order.
Verdict CheckReduce(const LayerCheck& layer, const flatbuffers::Vector<uint8_t>& axes);

}  // namespace lockstep::check
