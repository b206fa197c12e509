// A fixed set of threads that run one piece of work together. Nothing is allocated after Start. POSIX threads, because
// std::thread and std::condition_variable belong to the C++ library.
//
// Who waits, a thread for work or the caller for the threads, looks again and again for a while and only then sleeps:
// the layers of a run follow each other within microseconds, and waking a thread costs tens of them.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>

#include "base/memory.h"
#include "lockstep/status.h"

namespace lockstep {

class ThreadPool {
 public:
  // Called once on every thread with that thread's number; 0 is the calling thread.
  using Work = void (*)(void* context, int thread);

  ThreadPool() = default;
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // `affinity` as SessionOptions::affinity; it holds for the calling thread too.
  Status Start(int threads, uint64_t affinity);
  static Status CheckThreads(int threads);
  int threads() const { return threads_; }
  // Returns when every thread is done.
  void Run(Work work, void* context);

 private:
  struct Worker {
    ThreadPool* pool = nullptr;
    int thread = 0;
    pthread_t handle = {};
  };
  // Written by one side while others read it: on a line of its own, and its neighbour's, that processors fetch in
  // pairs.
  static constexpr int kLine = 128;
  struct Counter {
    uint8_t before[kLine];
    std::atomic<uint32_t> value{0};
    uint8_t behind[kLine];
  };

  static void* Main(void* worker);
  void Loop(int thread);
  bool SpinUntil(const Counter& counter, bool equal, uint32_t value) const;
  uint32_t WaitForWork(uint32_t seen);
  void WaitForWorkers();
  void Begin();

  int threads_ = 1;
  int started_ = 0;     // workers that exist
  bool spins_ = false;  // no more threads than CPUs, or a waiting one would hold up a working one
  Array<Worker> workers_;
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t begin_ = PTHREAD_COND_INITIALIZER;
  pthread_cond_t end_ = PTHREAD_COND_INITIALIZER;
  std::atomic<uint32_t> sleepers_{0};       // workers that wait for begin_, or are about to
  std::atomic<bool> caller_sleeps_{false};  // or is about to
  Work work_ = nullptr;                     // nullptr: the end of the threads
  void* context_ = nullptr;
  Counter generation_;  // counts calls of Run
  Counter busy_;        // workers that have not finished this generation
};

}  // namespace lockstep
