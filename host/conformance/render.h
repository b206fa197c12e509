// Results as text.
#pragma once

#include <string>
#include <vector>

#include "conformance/test_case.h"

namespace lockstep::conformance {

// Passed, failed and refused by operator.
std::string OperatorTable(const std::vector<Result>& results, bool colour);
// Every model that did not pass, with the reason.
std::string ReasonList(const std::vector<Result>& results);
// "N passed, N failed, N refused"
std::string Totals(const std::vector<Result>& results);

}  // namespace lockstep::conformance
