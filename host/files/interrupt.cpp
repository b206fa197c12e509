#include "files/interrupt.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "threads/start_thread.h"

namespace lockstep::files {
namespace {

struct Registry {
  std::mutex mutex;
  std::multiset<std::string> paths;
  std::multiset<std::string> folders;
  std::multiset<pid_t> children;
};

// Never destroyed: the waiting thread may outlive main.
Registry& TheRegistry() {
  static auto* registry = new Registry;
  return *registry;
}

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

void WaitAndCleanUp() {
  const sigset_t signals = Signals();
  int received = 0;
  if (sigwait(&signals, &received) != 0) return;
  Registry& registry = TheRegistry();
  // Held until the end, so that nothing new begins.
  const std::lock_guard<std::mutex> lock(registry.mutex);
  for (const pid_t child : registry.children) kill(-child, SIGKILL);
  std::error_code ignored;
  for (const std::string& path : registry.paths) std::filesystem::remove_all(path, ignored);
  // What lies in a folder is sorted behind it.
  for (auto folder = registry.folders.rbegin(); folder != registry.folders.rend(); ++folder) {
    std::filesystem::remove(*folder, ignored);
  }
  std::signal(received, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  kill(getpid(), received);
}

}  // namespace

void CleanUpWhenInterrupted() {
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread waiting = threads::StartIfAny(WaitAndCleanUp);
  if (waiting.joinable()) {
    waiting.detach();
  } else {
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // they end the program, and what is unfinished stays
  }
}

RemovedWhenInterrupted::RemovedWhenInterrupted(std::filesystem::path path) : path_(std::move(path)) {
  const std::lock_guard<std::mutex> lock(TheRegistry().mutex);
  TheRegistry().paths.insert(path_.string());
}

RemovedWhenInterrupted::~RemovedWhenInterrupted() {
  const std::lock_guard<std::mutex> lock(TheRegistry().mutex);
  TheRegistry().paths.erase(TheRegistry().paths.find(path_.string()));
}

RemovedIfEmptyWhenInterrupted::RemovedIfEmptyWhenInterrupted(std::filesystem::path folder)
    : folder_(std::move(folder)) {
  const std::lock_guard<std::mutex> lock(TheRegistry().mutex);
  TheRegistry().folders.insert(folder_.string());
}

RemovedIfEmptyWhenInterrupted::~RemovedIfEmptyWhenInterrupted() {
  const std::lock_guard<std::mutex> lock(TheRegistry().mutex);
  TheRegistry().folders.erase(TheRegistry().folders.find(folder_.string()));
}

EndedWhenInterrupted::EndedWhenInterrupted(pid_t child) : child_(child) {
  const std::lock_guard<std::mutex> lock(TheRegistry().mutex);
  TheRegistry().children.insert(child_);
}

EndedWhenInterrupted::~EndedWhenInterrupted() {
  const std::lock_guard<std::mutex> lock(TheRegistry().mutex);
  TheRegistry().children.erase(TheRegistry().children.find(child_));
}

}  // namespace lockstep::files
