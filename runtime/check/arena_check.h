// No two tensors that are alive at once overlap, in either plan of the arena.
#pragma once

#include "base/memory.h"
#include "check/check.h"

namespace lockstep::check {

// The offset of a tensor in the plan of groups, or with nullptr in the one without; -1: it has no place there.
inline int64_t PlaceIn(const joint::Model& model, const joint::RowPlan* rows, int32_t tensor) {
  const auto index = static_cast<uint32_t>(tensor);
  return rows != nullptr ? rows->arena_offsets()->Get(index) : model.tensors()->Get(index)->arena_offset();
}

// `roots`: see views.h. Needs checked places and, with a plan of groups, checked groups.
Verdict CheckArena(const ModelCheck& check, const Array<int32_t>& roots, const joint::RowPlan* rows);

}  // namespace lockstep::check
