// After load nothing is allocated: every way to the heap is counted while sessions run. And where a session finds no
// memory it says so.
#include <gtest/gtest.h>

#include <cstdlib>

#include "lockstep/lockstep.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "runtime/core/count_allocations.h"
#include "support/joint_models.h"

#ifdef LOCKSTEP_COUNTS_ALLOCATIONS

namespace lockstep {
namespace {

long RunsAllocate(const joint::ModelT& object, int threads) {
  const std::vector<uint8_t> file = test::Write(object);
  Result<Model> model = Model::Copy(file.data(), file.size());
  EXPECT_TRUE(model.ok()) << model.status().message();
  SessionOptions options;
  options.threads = threads;
  const long before_create = g_allocations;
  Result<Session> session = Session::Create(model.value(), options);
  EXPECT_TRUE(session.ok()) << session.status().message();
  EXPECT_GT(g_allocations, before_create) << "the counter does not count";
  const long before = g_allocations;
  for (int i = 0; i < 3; ++i) {
    SeededBytes(1).Fill(session.value().input(0), session.value().input_info(0).bytes);
    if (!session.value().Run().ok()) return -1;
  }
  return g_allocations - before;
}

TEST(Allocation, NoneDuringRuns) {
  EXPECT_EQ(RunsAllocate(test::SmallNetwork(), 1), 0);
  EXPECT_EQ(RunsAllocate(test::SmallNetwork(), 3), 0);
  for (uint64_t seed = 1; seed <= 20; ++seed) EXPECT_EQ(RunsAllocate(test::RandomNetwork(seed), 2), 0) << seed;
}

TEST(Allocation, WithoutMemoryASessionIsAnError) {
  const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  Result<Model> model = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(model.ok());
  int refused = 0;
  for (size_t largest = 0; largest < (1U << 20); largest += largest / 8 + 64) {
    g_largest = largest;
    const Result<Session> session = Session::Create(model.value(), {});
    g_largest = SIZE_MAX;
    if (session.ok()) continue;
    EXPECT_EQ(session.status().code(), StatusCode::kOutOfMemory) << session.status().message();
    ++refused;
  }
  EXPECT_GT(refused, 10);
}

TEST(Allocation, NoneDuringRunsOfTheCInterface) {
  const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  std::unique_ptr<uint8_t[], void (*)(void*)> memory(
      static_cast<uint8_t*>(std::aligned_alloc(64, (file.size() + 63) / 64 * 64)), std::free);
  std::copy(file.begin(), file.end(), memory.get());
  lockstep_error error;
  lockstep_model* model = nullptr;
  ASSERT_EQ(lockstep_model_from_memory(memory.get(), file.size(), 1, &model, &error), LOCKSTEP_OK) << error.message;
  lockstep_session* session = nullptr;
  ASSERT_EQ(lockstep_session_create(model, 2, &session, &error), LOCKSTEP_OK) << error.message;
  const long before = g_allocations;
  EXPECT_EQ(lockstep_session_run(session, &error), LOCKSTEP_OK);
  EXPECT_EQ(g_allocations, before);
  lockstep_session_destroy(session);
  lockstep_model_close(model);
}

}  // namespace
}  // namespace lockstep

#endif
