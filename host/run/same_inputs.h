// Whether two models can be given the same data.
#pragma once

#include <vector>

#include "input/input_info.h"

namespace lockstep::run {

// Throws UsageError unless both have as many inputs, with the same shapes and in the same order; the names of one that
// the other does not have may differ.
void RequireSameInputs(const std::vector<input::InputInfo>& first, const std::vector<input::InputInfo>& second);

}  // namespace lockstep::run
