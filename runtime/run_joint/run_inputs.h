// Where the inputs of each run come from.
#pragma once

#include <string>
#include <vector>

#include "lockstep/runtime.h"
#include "run_joint/arguments.h"

namespace lockstep {

struct RunInput {
  std::string stem;                // names the run's outputs
  std::vector<std::string> files;  // one per input of the network; empty: seeded bytes
};

// The runs that the arguments ask for, at least one. Stems are unique.
Status ListInputs(const Arguments& arguments, const Model& model, std::vector<RunInput>* inputs);

// Fills the session's inputs. A file of another size than the tensor is an error that names both.
Status LoadInput(const RunInput& input, uint64_t seed, Session& session);

// "u8 1x640x640x3"
std::string Describe(const TensorInfo& tensor);

// Reads a file of exactly `size` bytes; `what` says what they are for, in the error.
Status ReadExactly(const std::string& path, void* data, uint64_t size, const std::string& what);

}  // namespace lockstep
