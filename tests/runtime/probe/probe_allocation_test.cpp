// Linked with the builds that watch every run: they allocate nothing while a session runs either, whatever they keep.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lockstep/runtime.h"
#include "runtime/core/count_allocations.h"
#include "support/joint_models.h"
#include "support/temporary_folder.h"

#ifdef LOCKSTEP_COUNTS_ALLOCATIONS

namespace lockstep {
namespace {

long RunsAllocate(int threads, int runs) {
  const test::TemporaryFolder folder;
  const std::string report = folder / "report";
  const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  Result<Model> model = Model::Copy(file.data(), file.size());
  EXPECT_TRUE(model.ok());
  SessionOptions options;
  options.threads = threads;
  (std::string(BuildName()) == "profile" ? options.probe.profile_folder : options.probe.memory_path) = report.c_str();
  Result<Session> session = Session::Create(model.value(), options);
  EXPECT_TRUE(session.ok()) << session.status().message();
  const long before = g_allocations;
  for (int i = 0; i < runs; ++i) {
    if (!session.value().Run().ok()) return -1;
  }
  const long allocations = g_allocations - before;
  testing::internal::CaptureStdout();
  EXPECT_TRUE(session.value().WriteReports().ok());
  testing::internal::GetCapturedStdout();
  EXPECT_GT(g_allocations, before) << "the counter does not count";
  return allocations;
}

TEST(ProbeAllocation, NoneDuringRuns) {
  EXPECT_EQ(RunsAllocate(1, 3), 0);
  EXPECT_EQ(RunsAllocate(3, 3), 0);
  // A trace of so many threads and layers does not stay in memory: 64 runs have 150,000 spans.
  EXPECT_EQ(RunsAllocate(64, 64), 0);
}

}  // namespace
}  // namespace lockstep

#endif
