// The groups of layers that run row by row, and their plan of the arena.
#pragma once

#include "base/memory.h"
#include "check/check.h"

namespace lockstep::check {

// All of Model.row_plan but overlaps, which CheckArena looks for. Needs checked layers; `roots`: see views.h.
Verdict CheckRows(const ModelCheck& check, const Array<int32_t>& roots, const joint::RowPlan& rows);

}  // namespace lockstep::check
