// "Did you mean ...?" for names that a user typed.
#pragma once

#include <string>
#include <vector>

namespace lockstep::graph {

// The known name with the smallest edit distance to `wanted`, the first of several; empty if nothing is known.
std::string NearestName(const std::string& wanted, const std::vector<std::string>& known);

}  // namespace lockstep::graph
