// A system that has no more threads: while an object lives none can be started in this process.
#pragma once

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstddef>
#include <cstdint>

namespace lockstep::testing {

class NoThreads {
 public:
  // No address space has room for such a stack.
  static constexpr uint64_t kStack = uint64_t{1} << 47;
  // What a shell says so that a program has none either.
  static constexpr const char* kShellLimit = "ulimit -s 137438953472";

  NoThreads() {
    EXPECT_EQ(pthread_getattr_default_np(&before_), 0);
    pthread_attr_t huge;
    pthread_attr_init(&huge);
    EXPECT_EQ(pthread_attr_setstacksize(&huge, size_t{kStack}), 0);
    EXPECT_EQ(pthread_setattr_default_np(&huge), 0);
    pthread_attr_destroy(&huge);
  }
  ~NoThreads() {
    EXPECT_EQ(pthread_setattr_default_np(&before_), 0);
    pthread_attr_destroy(&before_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_;
};

}  // namespace lockstep::testing
