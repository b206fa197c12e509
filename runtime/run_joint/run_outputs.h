// What becomes of the outputs of a run: written to files, or compared with expected ones.
#pragma once

#include <string>

#include "lockstep/runtime.h"

namespace lockstep {

// FOLDER/STEM_OUTPUT.bin; the folder must exist.
Status WriteOutputs(const Session& session, const std::string& folder, const std::string& stem);

// kDiffers names the first output and byte that differ, and how many do.
Status VerifyOutputs(const Session& session, const std::string& folder, const std::string& stem);

}  // namespace lockstep
