// Work that several threads do, or one where the system has no more.
#include "threads/start_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <system_error>

#include "support/no_threads.h"

namespace lockstep::threads {
namespace {

TEST(SideBySide, EveryWorkerIsCalledOnAThreadOfItsOwn) {
  std::mutex mutex;
  std::set<size_t> workers;
  std::set<std::thread::id> ids;
  std::atomic<int> at_work{0};
  SideBySide(4, [&](size_t worker) {
    ++at_work;
    while (at_work != 4) std::this_thread::yield();  // all at once
    const std::lock_guard<std::mutex> lock(mutex);
    workers.insert(worker);
    ids.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(workers, (std::set<size_t>{0, 1, 2, 3}));
  EXPECT_EQ(ids.size(), 4U);
}

TEST(SideBySide, WithoutMoreThreadsThisOneDoesItAll) {
  const testing::NoThreads none;
  ASSERT_THROW(std::thread([] {}).join(), std::system_error) << "the test takes no threads away";
  EXPECT_FALSE(StartIfAny([] {}).joinable());
  std::set<size_t> workers;
  SideBySide(4, [&](size_t worker) { workers.insert(worker); });
  EXPECT_EQ(workers, std::set<size_t>{0});
}

TEST(CountAtOnce, CountsThisThreadToo) {
  EXPECT_EQ(CountAtOnce(0), 1U);
  EXPECT_EQ(CountAtOnce(1), 1U);
  EXPECT_EQ(CountAtOnce(5), 5U);
  const testing::NoThreads none;
  EXPECT_EQ(CountAtOnce(5), 1U);
}

TEST(SideBySide, AFailureOnThisThreadWaitsForTheOthers) {
  std::atomic<bool> ended{false};
  std::atomic<bool> fails{false};
  const auto work = [&](size_t worker) {
    if (worker == 0) {
      fails = true;
      throw std::runtime_error("no");
    }
    while (!fails) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ended = true;
  };
  EXPECT_THROW(SideBySide(2, work), std::runtime_error);
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace lockstep::threads
