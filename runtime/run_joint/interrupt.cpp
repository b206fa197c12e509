#include "run_joint/interrupt.h"

#include <unistd.h>

#include <cerrno>

namespace lockstep {
namespace {

volatile std::sig_atomic_t caught = 0;

void Catch(int number) {
  const int error = errno;
  if (caught == 0) {
    caught = number;
    constexpr char kText[] = "run_joint: finishing this run; interrupt again to end at once\n";
    static_cast<void>(!write(STDERR_FILENO, kText, sizeof(kText) - 1));
  }
  errno = error;
}

}  // namespace

InterruptWatch::InterruptWatch() {
  caught = 0;
  struct sigaction action = {};
  action.sa_handler = Catch;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  for (int i = 0; i < 2; ++i) {
    sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

InterruptWatch::~InterruptWatch() {
  for (int i = 0; i < 2; ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

int InterruptWatch::signal_number() { return caught; }

}  // namespace lockstep
