// The version of the joint model's format.
#pragma once

#include <cstdint>

namespace lockstep::joint {

inline constexpr uint32_t kFormatVersion = 2;

}  // namespace lockstep::joint
