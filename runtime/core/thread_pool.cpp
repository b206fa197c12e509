#include "core/thread_pool.h"

#include <sched.h>

#include <cerrno>
#include <cstring>
#include <new>

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

Status ThreadPool::Start(int threads, uint64_t affinity) {
  if (threads < 1 || threads > kMaxThreads) {
    return Status::Error(StatusCode::kInvalidArgument, "%d threads; give 1 to %d", threads, kMaxThreads);
  }
  LOCKSTEP_RETURN_IF_ERROR(SetAffinity(affinity));  // new threads inherit it
  threads_ = threads;
  if (threads == 1) return Status::Ok();
  workers_.reset(new (std::nothrow) Worker[static_cast<size_t>(threads) - 1]);
  if (workers_ == nullptr) return Status::Error(StatusCode::kOutOfMemory, "no memory for %d threads", threads);
  for (int i = 0; i + 1 < threads; ++i) {
    workers_[i].pool = this;
    workers_[i].thread = i + 1;
    const int error = pthread_create(&workers_[i].handle, nullptr, Main, &workers_[i]);
    if (error != 0) {
      return Status::Error(StatusCode::kOutOfMemory, "thread %d of %d cannot be made: %s", i + 1, threads,
                           std::strerror(error));
    }
    ++started_;
  }
  return Status::Ok();
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  begin_.notify_all();
  for (int i = 0; i < started_; ++i) pthread_join(workers_[i].handle, nullptr);
}

void* ThreadPool::Main(void* worker) {
  const auto* self = static_cast<const Worker*>(worker);
  self->pool->Loop(self->thread);
  return nullptr;
}

void ThreadPool::Loop(int thread) {
  uint64_t seen = 0;
  for (;;) {
    std::unique_lock<std::mutex> lock(mutex_);
    begin_.wait(lock, [&] { return stop_ || generation_ != seen; });
    if (stop_) return;
    seen = generation_;
    lock.unlock();
    work_(context_, thread);
    lock.lock();
    if (--busy_ == 0) end_.notify_one();
  }
}

void ThreadPool::Run(Work work, void* context) {
  if (threads_ > 1) {
    const std::lock_guard<std::mutex> lock(mutex_);
    work_ = work;
    context_ = context;
    busy_ = started_;
    ++generation_;
    begin_.notify_all();
  }
  work(context, 0);
  if (threads_ > 1) {
    std::unique_lock<std::mutex> lock(mutex_);
    end_.wait(lock, [&] { return busy_ == 0; });
  }
}

}  // namespace lockstep
