// SIGINT and SIGTERM: the run in progress is finished and what was measured so far is reported. A second one ends the
// process at once.
#pragma once

#include <csignal>

namespace lockstep {

// As long as one exists, the signals are taken. A signal that is ignored, as a shell does for programs in the
// background, stays so.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  // The first signal that came, or 0.
  static int signal_number();

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM};
  struct sigaction before_[2] = {};
};

}  // namespace lockstep
