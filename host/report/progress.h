// Progress of long work: one line that redraws itself on a terminal, a plain line per step elsewhere.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace lockstep::report {

// "12 s", "3 min", "2 h 5 min": how long is left if the rest takes as long as the first `done` of `total` did. Empty in
// the first seconds, which say little.
std::string TimeLeft(double seconds, int done, int total);

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
  // Where the step is; drawn as a bar with the time that is left on a terminal, not at all elsewhere. What was done
  // before the first call took no time.
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
  int first_ = -1;  // done before the first Advance of the step
  std::chrono::steady_clock::time_point start_;
};

}  // namespace lockstep::report
