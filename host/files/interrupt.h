// What must not stay behind when the program is interrupted: unfinished files, temporary folders, programs it started.
#pragma once

#include <sys/types.h>

#include <filesystem>

namespace lockstep::files {

// From now on SIGINT, SIGTERM and SIGHUP remove what the objects below stand for before they end the program. Call it
// once, before any thread starts: threads inherit that these signals are left to one thread that waits for them.
void CleanUpWhenInterrupted();

// A file or folder that is removed on an interrupt while this object lives.
class RemovedWhenInterrupted {
 public:
  explicit RemovedWhenInterrupted(std::filesystem::path path);
  ~RemovedWhenInterrupted();
  RemovedWhenInterrupted(const RemovedWhenInterrupted&) = delete;
  RemovedWhenInterrupted& operator=(const RemovedWhenInterrupted&) = delete;

 private:
  std::filesystem::path path_;
};

// A folder that is removed on an interrupt if nothing is in it then.
class RemovedIfEmptyWhenInterrupted {
 public:
  explicit RemovedIfEmptyWhenInterrupted(std::filesystem::path folder);
  ~RemovedIfEmptyWhenInterrupted();
  RemovedIfEmptyWhenInterrupted(const RemovedIfEmptyWhenInterrupted&) = delete;
  RemovedIfEmptyWhenInterrupted& operator=(const RemovedIfEmptyWhenInterrupted&) = delete;

 private:
  std::filesystem::path folder_;
};

// A process group, named after its leader, that is ended on an interrupt while this object lives.
class EndedWhenInterrupted {
 public:
  explicit EndedWhenInterrupted(pid_t child);
  ~EndedWhenInterrupted();
  EndedWhenInterrupted(const EndedWhenInterrupted&) = delete;
  EndedWhenInterrupted& operator=(const EndedWhenInterrupted&) = delete;

 private:
  pid_t child_;
};

}  // namespace lockstep::files
