// Turns the object form of a joint model into the bytes of a file: constants aligned, digest filled in.
#pragma once

#include <cstdint>
#include <vector>

#include "joint_generated.h"
#include "joint_version.h"

namespace lockstep::lower {

// model.digest is ignored and computed. The other fields are written as they are, valid or not.
std::vector<uint8_t> WriteJoint(const joint::ModelT& model);

// Puts the right digest into a file whose bytes were changed (tests of damaged files need it). The file must still have
// a digest field that can be found.
void RefreshDigest(std::vector<uint8_t>& file);

}  // namespace lockstep::lower
