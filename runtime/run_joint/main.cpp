#include <cstdlib>
#include <new>

#include "run_joint/run_joint.h"

// What the C++ library calls when a program cannot go on. Its own version prints the name of an exception, and brings
// the demangler and 60 KB with it; this program throws none.
namespace __gnu_cxx {
void __verbose_terminate_handler();  // NOLINT(bugprone-reserved-identifier)
void __verbose_terminate_handler() { std::abort(); }
}  // namespace __gnu_cxx

int main(int argc, char** argv) {
  std::set_new_handler(lockstep::ExitWithoutMemory);
  return lockstep::RunJointMain(argc, argv);
}
