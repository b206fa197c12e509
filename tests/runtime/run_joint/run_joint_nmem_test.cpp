// The command line of run_joint in the nmem build.
#include <gtest/gtest.h>

#include <csignal>

#include "background_run.h"
#include "command.h"

namespace lockstep::test {
namespace {

TEST_F(RunJoint, MemoryReportCountsTheRunsThatCount) {
  const CommandResult result = RunCommand({"-r", "3", "-w", "2", "--memory-path", Path("memory.txt"), "-d", SmallData(),
                                           "--report-peak-memory-footprint", Path("small.joint")});
  ASSERT_EQ(result.status, 0) << result.error;
  ExpectWrote(result, {Path("memory.txt"), Path("memory.txt.json")});
  const std::string report = ReadText(Path("memory.txt"));
  EXPECT_NE(report.find("memory of small in KiB, after 3 runs"), std::string::npos) << report;
  // The planned peak is one figure, printed and in the report.
  const size_t at = result.out.find("planned ") + 8;
  const std::string planned = result.out.substr(at, result.out.find(" KiB", at) - at);
  EXPECT_NE(report.find(" " + planned + "   model file + arena + scratch"), std::string::npos) << planned << report;
}

TEST_F(RunJoint, AnInterruptedMemoryReportIsWritten) {
  BackgroundRun run({"-r", "1000000", "--memory-path", Path("memory.txt"), Path("one.joint")});
  ASSERT_TRUE(run.WaitFor("random input of seed 1\n")) << run.out();
  usleep(200000);
  run.Send(SIGINT);
  const CommandResult result = run.Finish();
  EXPECT_EQ(result.status, 128 + SIGINT) << result.error;
  EXPECT_NE(ReadText(Path("memory.txt")).find("measured peak"), std::string::npos) << result.out;
}

TEST_F(RunJoint, AnUnwritableReportIsNoticedBeforeTheRuns) {
  const CommandResult result = RunCommand({"--memory-path", Path("missing/memory.txt"), Path("one.joint")});
  ExpectError(result, 4, {Path("missing/memory.txt")});
  EXPECT_EQ(result.out.find("runs "), std::string::npos) << result.out;
}

TEST_F(RunJoint, OptionsOfOtherBuildsNameThem) {
  ExpectError(RunCommand({"--dump_intermediate", "2", Path("one.joint")}), 2, {"run_joint_debug"});
  ExpectError(RunCommand({"--profile_path", Path("p"), Path("one.joint")}), 2, {"run_joint_profile"});
}

}  // namespace
}  // namespace lockstep::test
