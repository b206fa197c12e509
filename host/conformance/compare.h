// A computed value against the recorded one.
#pragma once

#include <string>

#include "ops/value.h"

namespace lockstep::conformance {

// The first difference in words; empty if there is none.
std::string Difference(const ops::Value& computed, const ops::Value& recorded);

}  // namespace lockstep::conformance
