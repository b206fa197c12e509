// What the nmem build writes.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "report_run.h"
#include "support/json_check.h"
#include "support/temporary_folder.h"

namespace lockstep {
namespace {

struct Reports {
  std::string text;
  std::string json;
  int32_t layers = 0;
};

Reports RunAndRead(const joint::ModelT& network = test::SmallNetwork(), int threads = 1) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "memory.txt";
  ProbeOptions probe;
  probe.memory_path = path.c_str();
  Reports reports;
  test::RunAndReport(probe, &reports.layers, network, threads);
  reports.text = test::ReadText(path);
  reports.json = test::ReadText(path + ".json");
  return reports;
}

// The number behind `key` in the part of the JSON that begins with `part`.
uint64_t Number(const std::string& json, const std::string& part, const std::string& key) {
  const size_t begin = json.find("\"" + part + "\"");
  const size_t at = begin == std::string::npos ? begin : json.find("\"" + key + "\":", begin);
  EXPECT_NE(at, std::string::npos) << part << " " << key << " in\n" << json;
  return at == std::string::npos ? 0 : std::strtoull(json.c_str() + at + key.size() + 3, nullptr, 10);
}

TEST(MemoryReport, HasPlannedAndMeasured) {
  const auto [report, json, layers] = RunAndRead();
  for (const char* line :
       {"weights", "arena", "scratch", "tables", "planned peak", "measured peak", "load ", "first run ", "steady "}) {
    EXPECT_NE(report.find(line), std::string::npos) << line;
  }
  for (const char* line : {"\ncode and libraries", "\nstacks", "\nheap"}) {
    EXPECT_EQ(report.find(line) != std::string::npos, !LOCKSTEP_EMULATED) << line << " in\n" << report;
  }
  // What the plan calls its lower bound is the largest sum of live tensors, counted here another way.
  const joint::ModelT model = test::SmallNetwork();
  char bound[64];
  std::snprintf(bound, sizeof(bound), "at most %.1f alive", static_cast<double>(model.arena_lower_bound) / 1024);
  EXPECT_NE(report.find(bound), std::string::npos) << bound << " in\n" << report;
  EXPECT_EQ(test::Count(report, "\n"), layers + (LOCKSTEP_EMULATED ? 21 : 24)) << report;
  EXPECT_EQ(report.find("measured under emulation: the peak includes the emulator, qemu-") != std::string::npos,
            LOCKSTEP_EMULATED)
      << report;
}

TEST(MemoryReport, JsonHasTheSameFigures) {
  const auto [report, json, layers] = RunAndRead();
  EXPECT_TRUE(test::JsonCheck::IsJson(json)) << json;
  EXPECT_EQ(json.find(R"("emulator":null)") == std::string::npos, LOCKSTEP_EMULATED) << json;
  EXPECT_EQ(test::Count(json, R"("live":)"), layers) << json;
  const joint::ModelT model = test::SmallNetwork();
  EXPECT_EQ(Number(json, "planned", "arena_live"), model.arena_lower_bound);
  EXPECT_EQ(Number(json, "planned", "arena"), model.arena_size);
  EXPECT_EQ(Number(json, "planned", "peak"), Number(json, "planned", "model_file") + Number(json, "planned", "arena") +
                                                 Number(json, "planned", "scratch") +
                                                 Number(json, "planned", "tables"));
  const uint64_t load = Number(json, "load", "peak");
  const uint64_t first = Number(json, "first run", "peak");
  const uint64_t steady = Number(json, "steady", "peak");
  EXPECT_GT(load, 0U);
  EXPECT_LE(load, first);
  EXPECT_LE(first, steady);
  EXPECT_LE(Number(json, "steady", "resident"), steady);
}

// Natively: what is resident is somebody's, and what a session touches is in the heap.
TEST(MemoryReport, PartsAreThoseOfTheProcess) {
  if (LOCKSTEP_EMULATED) GTEST_SKIP() << "the emulator's own memory is in all of it";
  const std::string small = RunAndRead().json;
  const uint64_t heap = Number(small, "parts", "heap");
  const uint64_t all =
      Number(small, "parts", "model_file") + Number(small, "parts", "code") + Number(small, "parts", "stacks") + heap;
  const uint64_t resident = Number(small, "steady", "resident");
  EXPECT_GT(Number(small, "parts", "code"), 0U);
  EXPECT_GT(Number(small, "parts", "stacks"), 0U);
  // The kernel counts pages of a process late, in portions of 64 on each CPU.
  constexpr uint64_t kLate = 1 << 20;
  EXPECT_LT(all, resident + kLate);
  EXPECT_GT(all + kLate, resident);
  // An arena of which 9 MB are written: the floats of the output.
  test::NetworkBuilder net(5, "large");
  net.Output(net.Dequantize(net.Input({1, 1024, 768, 3})));
  const std::string large = RunAndRead(net.Finish()).json;
  EXPECT_GT(Number(large, "planned", "arena"), uint64_t{11} << 20);
  EXPECT_GT(Number(large, "parts", "heap"), heap + 9000000);
}

TEST(MemoryReport, EveryThreadsStackCounts) {
  if (LOCKSTEP_EMULATED) GTEST_SKIP() << "the emulator's own memory is in all of it";
  test::NetworkBuilder net(5, "wide");
  net.Output(net.Dequantize(net.Conv(net.Input({1, 48, 48, 8}), {})));
  const joint::ModelT network = net.Finish();
  const uint64_t alone = Number(RunAndRead(network).json, "parts", "stacks");
  const uint64_t four = Number(RunAndRead(network, 4).json, "parts", "stacks");
  EXPECT_GE(four, alone + 3 * 4096);
}

TEST(MemoryReport, GoesToTheTempFolderByDefault) {
  const test::TemporaryFolder folder;
  const char* old = std::getenv("TMPDIR");
  const std::string before = old != nullptr ? old : "";
  setenv("TMPDIR", folder.path().c_str(), 1);
  int32_t layers = 0;
  const std::string printed = test::RunAndReport({}, &layers);
  old != nullptr ? setenv("TMPDIR", before.c_str(), 1) : unsetenv("TMPDIR");
  EXPECT_EQ(test::FilesIn(folder.path()), (std::vector<std::string>{"nmem_memory.txt", "nmem_memory.txt.json"}));
  const std::string path = folder / "nmem_memory.txt";
  EXPECT_EQ(printed, "wrote       " + path + "\nwrote       " + path + ".json\n");
}

}  // namespace
}  // namespace lockstep
