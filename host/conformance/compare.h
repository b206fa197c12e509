// A computed value against the recorded one.
#pragma once

#include <string>

#include "ops/value.h"

namespace lockstep::conformance {

// The first difference in words; empty if there is none. An infinity agrees with the same infinity and NaN with NaN,
// with nothing else: no tolerance reaches them.
std::string Difference(const ops::Value& computed, const ops::Value& recorded);

}  // namespace lockstep::conformance
