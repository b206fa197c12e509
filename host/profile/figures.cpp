#include "profile/figures.h"

#include "report/table.h"

namespace lockstep::profile {

std::string CostText(double cost, Measure measure) {
  return report::FixedNumber(cost, measure == Measure::kInstructions ? 0 : 3);
}

const char* UnitOf(Measure measure) { return measure == Measure::kInstructions ? "instructions" : "ms"; }

}  // namespace lockstep::profile
