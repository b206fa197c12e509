// A thread that lives as long as the process: what the kernel ties to a thread's life is done there.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

namespace lockstep::threads {

class LastingThread {
 public:
  // The one of this process, started by the first call. After a fork the child has one of its own.
  static LastingThread& TheOne();

  // Does `work` there and waits; throws what it throws. Where the system has no thread to give it is done here.
  void Do(const std::function<void()>& work);

 private:
  LastingThread();
  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* work_ = nullptr;  // the one that is being done
  std::mutex one_at_a_time_;
  bool runs_ = false;
};

}  // namespace lockstep::threads
