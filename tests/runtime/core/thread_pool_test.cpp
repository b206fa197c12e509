#include "core/thread_pool.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>

namespace lockstep {
namespace {

constexpr int kMostThreads = 9;

// Counts what each thread was called for; the pool must not begin a piece of work before the last one is done.
struct Counts {
  std::atomic<int> calls[kMostThreads] = {};
  std::atomic<int> running{0};
  std::atomic<bool> wrong{false};
  int threads = 1;
  int rounds = 0;
  bool slow = false;

  static void Work(void* context, int thread) {
    auto& self = *static_cast<Counts*>(context);
    if (++self.running > self.threads || self.calls[thread] != self.rounds) self.wrong = true;
    if (self.slow && thread == self.rounds % self.threads) usleep(500);  // the others sleep by then
    ++self.calls[thread];
    --self.running;
  }

  void Run(ThreadPool& pool) {
    pool.Run(Work, this);
    ++rounds;
    ASSERT_EQ(running, 0);
    for (int i = 0; i < threads; ++i) ASSERT_EQ(calls[i], rounds) << "thread " << i;
  }
};

class ThreadPoolTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    counts_.threads = GetParam();
    ASSERT_TRUE(pool_.Start(GetParam(), 0).ok());
  }

  Counts counts_;
  ThreadPool pool_;
};

TEST_P(ThreadPoolTest, EveryThreadRunsEveryPieceOnce) {
  for (int i = 0; i < 3000; ++i) ASSERT_NO_FATAL_FAILURE(counts_.Run(pool_));
  EXPECT_FALSE(counts_.wrong);
}

TEST_P(ThreadPoolTest, ThreadsThatSleepAreWoken) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_NO_FATAL_FAILURE(counts_.Run(pool_));
    usleep(static_cast<useconds_t>(i % 5) * 60);  // around the time that a thread waits before it sleeps
  }
  EXPECT_FALSE(counts_.wrong);
}

TEST_P(ThreadPoolTest, TheCallerSleepsWhileOthersWork) {
  counts_.slow = true;
  for (int i = 0; i < 100; ++i) ASSERT_NO_FATAL_FAILURE(counts_.Run(pool_));
  EXPECT_FALSE(counts_.wrong);
}

TEST_P(ThreadPoolTest, EndsWithoutWork) {
  for (int i = 0; i < 20; ++i) {
    ThreadPool pool;
    ASSERT_TRUE(pool.Start(GetParam(), 0).ok());
    if (i % 2 == 0) usleep(200);
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolTest, testing::Values(1, 2, 3, 8));

TEST(ThreadPool, AllThreadsOnOneCpu) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  uint64_t first = 1;
  while (first != 0 && !CPU_ISSET(__builtin_ctzll(first), &before)) first <<= 1;
  {
    ThreadPool pool;
    Counts counts;
    counts.threads = 3;
    ASSERT_TRUE(pool.Start(3, first).ok());
    for (int i = 0; i < 2000; ++i) ASSERT_NO_FATAL_FAILURE(counts.Run(pool));
    EXPECT_FALSE(counts.wrong);
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

}  // namespace
}  // namespace lockstep
