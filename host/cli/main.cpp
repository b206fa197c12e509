#include "cli/program.h"
#include "files/interrupt.h"

int main(int argc, char** argv) {
  lockstep::files::CleanUpWhenInterrupted();
  return lockstep::cli::RunProgram(argc, argv);
}
