#include "base/memory.h"
#include "run_joint/run_joint.h"

int main(int argc, char** argv) {
  lockstep::SetNoMemoryHandler(lockstep::ExitWithoutMemory);
  return lockstep::RunJointMain(argc, argv);
}
