// A model file that is written over while it is mapped changes under the program's feet: memory that is gone, sizes
// that no check has seen. This says so in one line, whether it is noticed after a run or by a fault.
#pragma once

#include <csignal>

#include "lockstep/status.h"

namespace lockstep {

// One at a time. As long as it exists, a fault of the process ends it with this error and the exit status if the file
// is no longer what it was; other faults end it as they would have.
class ModelWatch {
 public:
  // Before the model is opened. A file that cannot be opened is left for that to report.
  ModelWatch(const char* path, int exit_status);
  ~ModelWatch();
  ModelWatch(const ModelWatch&) = delete;
  ModelWatch& operator=(const ModelWatch&) = delete;

  // kUnreadable if the file's size or time of modification is another one now.
  Status Check() const;

 private:
  static constexpr int kFaults[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGABRT};
  const char* path_;
};

}  // namespace lockstep
