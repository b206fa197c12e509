#include "run_joint/model_watch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "lockstep/runtime.h"

namespace lockstep {
namespace {

constexpr int kFaultCount = 5;
constexpr const char* kAdvice = "the model file changed while it was running; replace it by renaming";

// What a signal handler may look at.
struct Watched {
  int descriptor = -1;
  struct stat info = {};
  char message[Status::kMaxMessage] = {};
  size_t length = 0;
  int exit_status = 0;
  struct sigaction before[kFaultCount] = {};
};
Watched watched;

bool Changed() {
  struct stat now = {};
  if (watched.descriptor < 0 || fstat(watched.descriptor, &now) != 0) return false;
  return now.st_size != watched.info.st_size || now.st_mtim.tv_sec != watched.info.st_mtim.tv_sec ||
         now.st_mtim.tv_nsec != watched.info.st_mtim.tv_nsec;
}

}  // namespace

ModelWatch::ModelWatch(const char* path, int exit_status) : path_(path) {
  static_assert(sizeof(kFaults) / sizeof(kFaults[0]) == kFaultCount);
  watched.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (watched.descriptor >= 0 && fstat(watched.descriptor, &watched.info) != 0) {
    close(watched.descriptor);
    watched.descriptor = -1;
  }
  watched.exit_status = exit_status;
  const int length = std::snprintf(watched.message, sizeof(watched.message), "run_joint_%s: error: %.180s: %s\n",
                                   BuildName(), path, kAdvice);
  watched.length = static_cast<size_t>(length);
  struct sigaction action = {};
  // What the file does not explain is left to what was in place before.
  action.sa_handler = [](int number) {
    if (Changed()) {
      static_cast<void>(!write(STDERR_FILENO, watched.message, watched.length));
      _exit(watched.exit_status);
    }
    for (int i = 0; i < kFaultCount; ++i) {
      if (kFaults[i] == number) sigaction(number, &watched.before[i], nullptr);
    }
    static_cast<void>(raise(number));
  };
  for (int i = 0; i < kFaultCount; ++i) sigaction(kFaults[i], &action, &watched.before[i]);
}

ModelWatch::~ModelWatch() {
  for (int i = 0; i < kFaultCount; ++i) sigaction(kFaults[i], &watched.before[i], nullptr);
  if (watched.descriptor >= 0) close(watched.descriptor);
  watched.descriptor = -1;
}

Status ModelWatch::Check() const {
  if (!Changed()) return Status::Ok();
  return Status::Error(StatusCode::kUnreadable, "%s: %s", path_, kAdvice);
}

}  // namespace lockstep
