// One thread for all that must be done by a thread that stays.
#include "threads/lasting_thread.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace lockstep::threads {
namespace {

TEST(LastingThread, DoesTheWorkOfAllOnOneThreadThatIsNoneOfTheirs) {
  std::set<std::thread::id> ids;
  std::vector<std::thread> others;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back([&] { LastingThread::TheOne().Do([&] { ids.insert(std::this_thread::get_id()); }); });
  }
  for (std::thread& other : others) other.join();
  LastingThread::TheOne().Do([&] { ids.insert(std::this_thread::get_id()); });
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(ids.count(std::this_thread::get_id()), 0U);
}

TEST(LastingThread, ThrowsWhatTheWorkThrows) {
  EXPECT_THROW(LastingThread::TheOne().Do([] { throw std::runtime_error("no"); }), std::runtime_error);
  int done = 0;
  LastingThread::TheOne().Do([&] { ++done; });
  EXPECT_EQ(done, 1) << "it goes on";
}

}  // namespace
}  // namespace lockstep::threads
