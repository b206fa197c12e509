// Two arrays place by place, and what makes one of the other.
#pragma once

#include "checklist/stage.h"
#include "checklist/stored_array.h"

namespace lockstep::checklist {

// Tries the usual: other orders of the axes, a Sigmoid or Softmax that is missing or applied twice, a factor, the same
// numbers in another order.
Stage ComparePlainArrays(const StoredArray& result, const StoredArray& expected, double tolerance);

}  // namespace lockstep::checklist
