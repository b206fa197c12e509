// A fixed set of threads that run one piece of work together. Nothing is allocated after Start. POSIX threads, because
// std::thread and std::condition_variable belong to the C++ library.
#pragma once

#include <pthread.h>

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
  static void* Main(void* worker);
  void Loop(int thread);

  int threads_ = 1;
  int started_ = 0;  // workers that exist
  Array<Worker> workers_;
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t begin_ = PTHREAD_COND_INITIALIZER;
  pthread_cond_t end_ = PTHREAD_COND_INITIALIZER;
  uint64_t generation_ = 0;  // counts calls of Run
  int busy_ = 0;             // workers that have not finished this generation
  bool stop_ = false;
  Work work_ = nullptr;
  void* context_ = nullptr;
};

}  // namespace lockstep
