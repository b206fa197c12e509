// Reads joint models on the PC and checks them before anything trusts their content.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "joint_generated.h"

namespace lockstep::engine {

// The bytes of a file. Throws BadInput, naming the path, if it cannot be read or is empty.
std::vector<uint8_t> ReadJointFile(const std::string& path);

// The model in `file` after the check that the runtime makes at load (lockstep/check_model.h). Throws BadInput or
// UnsupportedModel with its message. The model points into the file.
const joint::Model& CheckJointFile(const uint8_t* file, size_t size, bool check_digest = true);

}  // namespace lockstep::engine
