// After load nothing is allocated: every way to the heap is counted while sessions run.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "lockstep/lockstep.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "support/joint_models.h"

// AddressSanitizer has its own malloc, which cannot be replaced; there the test has nothing to count with.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)

namespace {
std::atomic<long> g_allocations{0};
}  // namespace

// glibc's own names of what is replaced here.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
// NOLINTEND(bugprone-reserved-identifier)

void* malloc(size_t size) {
  ++g_allocations;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  ++g_allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  ++g_allocations;
  return __libc_realloc(memory, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
  ++g_allocations;
  *memory = __libc_memalign(alignment, size);
  return *memory != nullptr ? 0 : 12;
}
}

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
