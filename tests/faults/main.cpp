// run_joint_debug with one fault in it. LOCKSTEP_FAULT names one of a kernel or of what lies between layers,
// LOCKSTEP_FAULT_MODEL a model that it takes in place of the one that it is given, without a look at its digest unless
// LOCKSTEP_FAULT_DIGEST is set.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/memory.h"
#include "planted_fault.h"
#include "run_joint/run_joint.h"

int main(int argc, char** argv) {
  lockstep::SetNoMemoryHandler(lockstep::ExitWithoutMemory);
  lockstep::faults::Fault();
  std::vector<char*> arguments(argv, argv + argc);
  for (const char* argument : arguments) {
    if (std::strncmp(argument, "--inject", 8) == 0) lockstep::faults::SetIsolated();
  }
  static char no_digest[] = "--no-digest";
  if (char* model = std::getenv("LOCKSTEP_FAULT_MODEL"); model != nullptr && argc > 1) {
    arguments.back() = model;
    if (std::getenv("LOCKSTEP_FAULT_DIGEST") == nullptr) arguments.insert(arguments.end() - 1, no_digest);
  }
  arguments.push_back(nullptr);
  return lockstep::RunJointMain(static_cast<int>(arguments.size()) - 1, arguments.data());
}
