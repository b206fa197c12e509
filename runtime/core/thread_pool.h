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
  // A line of the cache and its neighbour, which processors fetch in pairs: between what one thread writes and others
  // read and all else.
  static constexpr int kLine = 128;
  // What is to be done lies beside its number, so that one line goes from core to core.
  struct Order {
    uint8_t before[kLine];
    std::atomic<uint32_t> number{0};  // of the calls of Run
    Work work = nullptr;              // nullptr: the end of the threads
    void* context = nullptr;
    uint8_t behind[kLine];
  };
  struct Worker {
    ThreadPool* pool = nullptr;
    int thread = 0;
    pthread_t handle = {};
    uint8_t before[kLine];
    std::atomic<uint32_t> done{0};  // the number of the last order
    uint8_t behind[kLine];
  };

  static void* Main(void* worker);
  void Loop(Worker& self);
  bool SpinUntil(const std::atomic<uint32_t>& counter, bool equal, uint32_t value) const;
  void WaitForOrder(uint32_t seen);
  void WaitForWorkers();
  bool AllDone() const;
  void WakeSleepers();
  void Give(Work work, void* context);

  int threads_ = 1;
  int started_ = 0;     // workers that exist
  bool spins_ = false;  // no more threads than CPUs, or a waiting one would hold up a working one
  Array<Worker> workers_;
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t begin_ = PTHREAD_COND_INITIALIZER;
  pthread_cond_t end_ = PTHREAD_COND_INITIALIZER;
  std::atomic<uint32_t> sleepers_{0};       // workers that wait for begin_, or are about to
  std::atomic<bool> caller_sleeps_{false};  // or is about to
  uint32_t number_ = 0;                     // of the last order
  Order order_;
};

}  // namespace lockstep
