// Progress of long work: one line that redraws itself on a terminal, a plain line per step elsewhere.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace lockstep::report {

bool IsTerminal(std::FILE* stream);

class Progress {
 public:
  // `steps` is the number of Step calls to come.
  Progress(std::FILE* stream, int steps, bool quiet = false);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Starts the next step: "[3/7] calibrate".
  void Step(const std::string& what);
  // Where the step is; drawn as a bar on a terminal, not at all elsewhere.
  void Advance(int done, int total);
  // Ends the last step. Without it, the step is taken for one that failed and no line is printed for it.
  void Finish();

 private:
  void EndStep();

  std::FILE* stream_;
  int steps_;
  bool quiet_;
  bool terminal_;
  int step_ = 0;
  std::string what_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace lockstep::report
