// Costs as text.
#pragma once

#include <string>

#include "profile/profile.h"

namespace lockstep::profile {

std::string CostText(double cost, Measure measure);  // "12.345", "1234567"
const char* UnitOf(Measure measure);                 // "ms", "instructions"

}  // namespace lockstep::profile
