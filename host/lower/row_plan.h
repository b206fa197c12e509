// A second plan of the arena, in which groups of layers run row by row.
#pragma once

#include "joint_generated.h"
#include "lower/views.h"

namespace lockstep::lower {

// Sets the model's row_plan if such a plan needs less memory than the one it has, by enough to be worth it: with the
// fewest groups that get there. `views` are those of that plan.
void PlanRows(joint::ModelT& model, const Views& views);

}  // namespace lockstep::lower
