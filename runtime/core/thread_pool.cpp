#include "core/thread_pool.h"

#include <sched.h>
#include <time.h>

#include <cerrno>
#include <cstring>

#include "base/cpus.h"

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

constexpr int64_t kSpinNanoseconds = 50000;  // longer than most layers that run on one thread, and than waking up
constexpr int kLooks = 32;                   // between two looks at the clock

int64_t Now() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

// Leaves the core's units to others for a moment.
inline void Pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");  // yield does nothing on most
#elif defined(__arm__)
  __asm__ volatile("yield" ::: "memory");
#else
  __asm__ volatile("" ::: "memory");
#endif
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
  spins_ = threads <= UsableCpus();
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
  if (started_ != 0) {
    Give(nullptr, nullptr);
    WakeSleepers();
  }
  for (int i = 0; i < started_; ++i) pthread_join(workers_[static_cast<size_t>(i)].handle, nullptr);
  pthread_cond_destroy(&end_);
  pthread_cond_destroy(&begin_);
  pthread_mutex_destroy(&mutex_);
}

void* ThreadPool::Main(void* worker) {
  auto* self = static_cast<Worker*>(worker);
  self->pool->Loop(*self);
  return nullptr;
}

// Whether the counter became, or ceased to be, the value before it was time to sleep.
bool ThreadPool::SpinUntil(const std::atomic<uint32_t>& counter, bool equal, uint32_t value) const {
  const auto reached = [&] { return (counter.load(std::memory_order_acquire) == value) == equal; };
  const int looks = spins_ ? kLooks : 1;
  int64_t end = 0;
  for (;;) {
    for (int i = 0; i < looks; ++i) {
      if (reached()) return true;
      Pause();
    }
    if (!spins_) return false;
    const int64_t now = Now();
    if (end == 0) end = now + kSpinNanoseconds;
    if (now >= end) return false;
  }
}

// Who goes to sleep says so and then looks once more, both with the mutex.
void ThreadPool::WaitForOrder(uint32_t seen) {
  if (SpinUntil(order_.number, false, seen)) return;
  pthread_mutex_lock(&mutex_);
  ++sleepers_;
  while (order_.number == seen) pthread_cond_wait(&begin_, &mutex_);
  --sleepers_;
  pthread_mutex_unlock(&mutex_);
}

void ThreadPool::Loop(Worker& self) {
  for (uint32_t seen = 0;; ++seen) {
    WaitForOrder(seen);
    if (order_.work == nullptr) return;
    order_.work(order_.context, self.thread);
    // The caller says that it sleeps and then looks at `done`: in the one order of all these operations (sequential
    // consistency, the default) one of both sees the other.
    self.done = seen + 1;
    if (caller_sleeps_) {
      pthread_mutex_lock(&mutex_);
      pthread_cond_signal(&end_);
      pthread_mutex_unlock(&mutex_);
    }
  }
}

void ThreadPool::WakeSleepers() {
  pthread_mutex_lock(&mutex_);
  if (sleepers_ != 0) pthread_cond_broadcast(&begin_);
  pthread_mutex_unlock(&mutex_);
}

// Waits for no other core: a thread that goes to sleep at this very moment may be missed. WaitForWorkers wakes it.
void ThreadPool::Give(Work work, void* context) {
  order_.work = work;
  order_.context = context;
  order_.number.store(++number_, std::memory_order_release);
  if (sleepers_.load(std::memory_order_relaxed) != 0) WakeSleepers();
}

bool ThreadPool::AllDone() const {
  for (int i = 0; i < started_; ++i) {
    if (workers_[static_cast<size_t>(i)].done != number_) return false;
  }
  return true;
}

void ThreadPool::WaitForWorkers() {
  bool done = true;
  for (int i = 0; i < started_ && done; ++i) done = SpinUntil(workers_[static_cast<size_t>(i)].done, true, number_);
  if (done) return;
  WakeSleepers();
  pthread_mutex_lock(&mutex_);
  caller_sleeps_ = true;
  while (!AllDone()) pthread_cond_wait(&end_, &mutex_);
  caller_sleeps_ = false;
  pthread_mutex_unlock(&mutex_);
}

void ThreadPool::Run(Work work, void* context) {
  if (threads_ == 1) {
    work(context, 0);
    return;
  }
  Give(work, context);
  work(context, 0);
  WaitForWorkers();
}

}  // namespace lockstep
