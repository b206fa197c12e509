// A ReduceProd becomes products of pairs up to this size: of more factors no few bits say anything.
#pragma once

#include <cstdint>

namespace lockstep::ops {

inline constexpr int64_t kMostFactors = 64;

}  // namespace lockstep::ops
