// What becomes of the outputs of a run: written to files, or compared with expected ones.
#pragma once

#include <string>
#include <vector>

#include "lockstep/runtime.h"

namespace lockstep {

// One for each output of the network, in its order.
struct RunOutputs {
  std::vector<const void*> bytes;
  std::vector<std::string> files;  // names without a folder
};

// The folder must exist.
Status WriteOutputs(const Model& model, const RunOutputs& outputs, const std::string& folder);

// kDiffers names the first output and byte that differ, and how many do.
Status VerifyOutputs(const Model& model, const RunOutputs& outputs, const std::string& folder);

}  // namespace lockstep
