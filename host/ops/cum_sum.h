// How long a running sum may be.
#pragma once

#include <cstdint>

namespace lockstep::ops {

// A CumSum of more elements is no product with a matrix any more.
inline constexpr int64_t kLongestRunningSum = 4096;

}  // namespace lockstep::ops
