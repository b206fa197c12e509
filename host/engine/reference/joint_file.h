// Reads joint models on the PC and checks them before anything trusts their content.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "joint_generated.h"

namespace lockstep::engine {

// The bytes of a file. Throws BadInput, naming the path, if it cannot be read or is empty.
std::vector<uint8_t> ReadJointFile(const std::string& path);

// The model in `file` after every check: FlatBuffers' verifier, identifier, digest (unless it shall not be compared),
// format version, contract and structure (CheckStructure). Throws BadInput, UnsupportedModel for another version or
// contract. The model points into the file.
const joint::Model& CheckJointFile(const uint8_t* file, size_t size, bool check_digest = true);

// Shapes, sizes, indices and orders that the reference engine's loops rely on. Throws BadInput naming the layer or
// tensor.
void CheckStructure(const joint::Model& model);

}  // namespace lockstep::engine
