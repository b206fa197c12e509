// A number for people.
#pragma once

#include <string>

namespace lockstep::graph {

// In at most `digits` significant digits: "0.00312", "1.2e-07".
std::string ShortNumber(double value, int digits = 4);

}  // namespace lockstep::graph
