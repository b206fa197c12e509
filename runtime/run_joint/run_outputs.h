// What becomes of the outputs of a run: written to files, or compared with expected ones.
#pragma once

#include "base/list.h"
#include "base/string.h"
#include "lockstep/runtime.h"

namespace lockstep {

// One for each output of the network, in its order.
struct RunOutputs {
  List<const void*> bytes;
  List<String> files;  // names without a folder
};

// The folder must exist.
Status WriteOutputs(const Model& model, const RunOutputs& outputs, const String& folder);

// kDiffers names the first output and byte that differ, and how many do.
Status VerifyOutputs(const Model& model, const RunOutputs& outputs, const String& folder);

}  // namespace lockstep
