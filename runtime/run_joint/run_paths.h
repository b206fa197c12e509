// Where the results of the runs go. All of it is known before the first run, so that no result is written over another
// one or over what is still to be read.
#pragma once

#include <string>
#include <vector>

#include "lockstep/runtime.h"
#include "run_joint/arguments.h"
#include "run_joint/run_inputs.h"

namespace lockstep {

struct RunPaths {
  std::vector<std::string> outputs;  // file names, in the network's order: STEM_OUTPUT.bin
  std::string dump;                  // a folder of its own if there are several inputs
};

// The folder of all dumps.
std::string DumpFolder(const Arguments& arguments);

// One for each input. kInvalidArgument names what would be written twice, or written over what is read.
Status PlanPaths(const Arguments& arguments, const Model& model, const std::vector<RunInput>& inputs,
                 std::vector<RunPaths>* paths);

// The same for the reports of --save-benchmark, --memory-path and --profile-path, which are of all runs.
Status CheckReports(const Arguments& arguments, const std::vector<RunInput>& inputs);

}  // namespace lockstep
