// What the nmem build writes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "report_run.h"
#include "support/temporary_folder.h"

namespace lockstep {
namespace {

TEST(MemoryReport, HasPlannedAndMeasured) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "memory.txt";
  ProbeOptions probe;
  probe.memory_path = path.c_str();
  int32_t layers = 0;
  test::RunAndReport(probe, &layers);
  const std::string report = test::ReadText(path);
  for (const char* line : {"weights", "arena", "scratch", "tables", "code", "planned peak", "measured peak"}) {
    EXPECT_NE(report.find(line), std::string::npos) << line;
  }
  // What the plan calls its lower bound is the largest sum of live tensors, counted here another way.
  const joint::ModelT model = test::SmallNetwork();
  char bound[64];
  std::snprintf(bound, sizeof(bound), "at most %.1f alive", static_cast<double>(model.arena_lower_bound) / 1024);
  EXPECT_NE(report.find(bound), std::string::npos) << bound << " in\n" << report;
  EXPECT_EQ(test::Count(report, "\n"), layers + (LOCKSTEP_EMULATED ? 13 : 12)) << report;
  EXPECT_EQ(report.find("measured under emulation: the peak includes the emulator, qemu-") != std::string::npos,
            LOCKSTEP_EMULATED)
      << report;
}

TEST(MemoryReport, GoesToTheTempFolderByDefault) {
  const test::TemporaryFolder folder;
  const char* old = std::getenv("TMPDIR");
  const std::string before = old != nullptr ? old : "";
  setenv("TMPDIR", folder.path().c_str(), 1);
  int32_t layers = 0;
  const std::string printed = test::RunAndReport({}, &layers);
  old != nullptr ? setenv("TMPDIR", before.c_str(), 1) : unsetenv("TMPDIR");
  EXPECT_EQ(test::FilesIn(folder.path()), std::vector<std::string>{"nmem_memory.txt"});
  EXPECT_EQ(printed, "wrote       " + folder / "nmem_memory.txt" + "\n");
}

}  // namespace
}  // namespace lockstep
