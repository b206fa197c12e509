// Which tensors lie within another's memory.
//
// The output of a Reshape may have the place of its input; that of a Slice may be the elements of its input where they
// are; an input of a Concat may be its part of the output. Each is so if its offset and its pitch say so.
#pragma once

#include "base/memory.h"
#include "joint_generated.h"
#include "lockstep/status.h"

namespace lockstep {

// For every tensor of the arena the one whose memory it lies in, which lies in no other's: itself, unless it is a view.
// Needs checked tensors and layers, and every tensor written once, before it is read.
Status FindRoots(const joint::Model& model, Array<int32_t>* roots);

}  // namespace lockstep
