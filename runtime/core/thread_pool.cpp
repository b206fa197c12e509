#include "core/thread_pool.h"

#include <sched.h>

#include <cerrno>
#include <cstring>

namespace lockstep {
namespace {

constexpr int kMaxThreads = 64;

Status SetAffinity(uint64_t affinity) {
  if (affinity == 0) return Status::Ok();
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int cpu = 0; cpu < kMaxThreads; ++cpu) {
    if ((affinity >> cpu & 1) != 0) CPU_SET(cpu, &set);
  }
  if (sched_setaffinity(0, sizeof(set), &set) == 0) return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument, "affinity 0x%llx: %s; name CPUs that this board has",
                       static_cast<unsigned long long>(affinity), std::strerror(errno));
}

}  // namespace

Status ThreadPool::CheckThreads(int threads) {
  if (threads >= 1 && threads <= kMaxThreads) return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument, "%d threads; give 1 to %d", threads, kMaxThreads);
}

Status ThreadPool::Start(int threads, uint64_t affinity) {
  LOCKSTEP_RETURN_IF_ERROR(CheckThreads(threads));
  LOCKSTEP_RETURN_IF_ERROR(SetAffinity(affinity));  // new threads inherit it
  threads_ = threads;
  if (threads == 1) return Status::Ok();
  LOCKSTEP_RETURN_IF_ERROR(workers_.Make(static_cast<size_t>(threads) - 1, "the threads"));
  for (Worker& worker : workers_) {
    worker.pool = this;
    worker.thread = started_ + 1;
    const int error = pthread_create(&worker.handle, nullptr, Main, &worker);
    if (error != 0) {
      return Status::Error(StatusCode::kOutOfMemory, "thread %d of %d cannot be made: %s", worker.thread, threads,
                           std::strerror(error));
    }
    ++started_;
  }
  return Status::Ok();
}

ThreadPool::~ThreadPool() {
  pthread_mutex_lock(&mutex_);
  stop_ = true;
  pthread_cond_broadcast(&begin_);
  pthread_mutex_unlock(&mutex_);
  for (int i = 0; i < started_; ++i) pthread_join(workers_[static_cast<size_t>(i)].handle, nullptr);
  pthread_cond_destroy(&end_);
  pthread_cond_destroy(&begin_);
  pthread_mutex_destroy(&mutex_);
}

void* ThreadPool::Main(void* worker) {
  const auto* self = static_cast<const Worker*>(worker);
  self->pool->Loop(self->thread);
  return nullptr;
}

void ThreadPool::Loop(int thread) {
  uint64_t seen = 0;
  pthread_mutex_lock(&mutex_);
  for (;;) {
    while (!stop_ && generation_ == seen) pthread_cond_wait(&begin_, &mutex_);
    if (stop_) break;
    seen = generation_;
    pthread_mutex_unlock(&mutex_);
    work_(context_, thread);
    pthread_mutex_lock(&mutex_);
    if (--busy_ == 0) pthread_cond_signal(&end_);
  }
  pthread_mutex_unlock(&mutex_);
}

void ThreadPool::Run(Work work, void* context) {
  if (threads_ > 1) {
    pthread_mutex_lock(&mutex_);
    work_ = work;
    context_ = context;
    busy_ = started_;
    ++generation_;
    pthread_cond_broadcast(&begin_);
    pthread_mutex_unlock(&mutex_);
  }
  work(context, 0);
  if (threads_ > 1) {
    pthread_mutex_lock(&mutex_);
    while (busy_ != 0) pthread_cond_wait(&end_, &mutex_);
    pthread_mutex_unlock(&mutex_);
  }
}

}  // namespace lockstep
