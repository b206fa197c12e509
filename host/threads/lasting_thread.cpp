#include "threads/lasting_thread.h"

#include <unistd.h>

#include <exception>
#include <thread>

#include "threads/start_thread.h"

namespace lockstep::threads {

LastingThread& LastingThread::TheOne() {
  static std::mutex mutex;
  static LastingThread* one = nullptr;  // never destroyed: its thread waits until the process ends
  static pid_t process = 0;
  const std::lock_guard<std::mutex> lock(mutex);
  if (process != getpid()) one = new LastingThread;
  process = getpid();
  return *one;
}

LastingThread::LastingThread() {
  std::thread thread = StartIfAny([this] { Work(); });
  runs_ = thread.joinable();
  if (runs_) thread.detach();
}

void LastingThread::Do(const std::function<void()>& work) {
  if (!runs_) {
    work();
    return;
  }
  std::exception_ptr failure;
  const std::function<void()> caught = [&] {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  };
  const std::lock_guard<std::mutex> alone(one_at_a_time_);
  std::unique_lock<std::mutex> lock(mutex_);
  work_ = &caught;
  changed_.notify_all();
  changed_.wait(lock, [this] { return work_ == nullptr; });
  if (failure) std::rethrow_exception(failure);
}

void LastingThread::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return work_ != nullptr; });
    (*work_)();
    work_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace lockstep::threads
