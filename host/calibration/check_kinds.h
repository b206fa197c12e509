// Whether what build wrote into a calibration file, and nobody is asked to change, is still of the kinds that it wrote.
#pragma once

#include <string>

#include "calibration/tensor_entry.h"

namespace lockstep::calibration {

// The sections are objects already, and their entries. What may be changed by hand is left to who reads it. Throws
// UsageError naming file, entry and field.
void CheckKinds(const Json& file, const std::string& path);

}  // namespace lockstep::calibration
