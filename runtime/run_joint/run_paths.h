// Where the results of the runs go. All of it is known before the first run, so that no result is written over another
// one or over what is still to be read.
#pragma once

#include "base/list.h"
#include "base/string.h"
#include "lockstep/runtime.h"
#include "run_joint/arguments.h"
#include "run_joint/run_inputs.h"

namespace lockstep {

struct RunPaths {
  List<String> outputs;  // file names, in the network's order: STEM_OUTPUT.bin
  String dump;           // a folder of its own if there are several inputs
};

// The folder of all dumps.
String DumpFolder(const Arguments& arguments);

// One for each input. kInvalidArgument names what would be written twice, or written over what is read.
Status PlanPaths(const Arguments& arguments, const Model& model, const List<RunInput>& inputs, List<RunPaths>* paths);

// The same for the reports of --save-benchmark, --memory-path and --profile-path, which are of all runs.
Status CheckReports(const Arguments& arguments, const List<RunInput>& inputs);

}  // namespace lockstep
