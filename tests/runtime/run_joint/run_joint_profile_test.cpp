// The command line of run_joint in the profile build.
#include <gtest/gtest.h>

#include <csignal>

#include "background_run.h"
#include "command.h"

namespace lockstep::test {
namespace {

TEST_F(RunJoint, ProfileHasTheTableAndTheFiles) {
  const CommandResult result =
      RunCommand({"--profile_path", Path("deep/profile"), "-d", SmallData(), Path("small.joint")});
  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_NE(result.out.find("Network small"), std::string::npos) << result.out;
  EXPECT_EQ(FilesIn(Path("deep/profile")), (std::vector<std::string>{"profile.csv", "profile.json", "trace.json"}));
  ExpectWrote(result,
              {Path("deep/profile/profile.csv"), Path("deep/profile/profile.json"), Path("deep/profile/trace.json")});
}

TEST_F(RunJoint, AnInterruptedProfileIsWritten) {
  BackgroundRun run({"-r", "1000000", "--profile-path", Path("profile"), Path("one.joint")});
  ASSERT_TRUE(run.WaitFor("random input of seed 1\n")) << run.out();
  usleep(200000);
  run.Send(SIGINT);
  const CommandResult result = run.Finish();
  EXPECT_EQ(result.status, 128 + SIGINT) << result.error;
  EXPECT_EQ(FilesIn(Path("profile")), (std::vector<std::string>{"profile.csv", "profile.json", "trace.json"}))
      << result.out;
}

TEST_F(RunJoint, WarmUpRunsAreNotInTheProfile) {
  const CommandResult result = RunCommand({"-r", "3", "-w", "2", "-i", Path("inputs"), Path("one.joint")});
  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_NE(result.out.find("runs        9"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find(", 9 runs"), std::string::npos) << "three inputs, three runs each, in\n" << result.out;
}

TEST_F(RunJoint, AnUnwritableProfileIsNoticedBeforeTheRuns) {
  WriteFile(Path("file"), {1});
  const CommandResult under_file = RunCommand({"--profile-path", Path("file/profile"), Path("one.joint")});
  ExpectError(under_file, 4, {Path("file")});
  EXPECT_EQ(under_file.out.find("runs "), std::string::npos) << under_file.out;
  ASSERT_EQ(mkdir(Path("trace.json").c_str(), 0777), 0);
  const CommandResult over_folder = RunCommand({"--profile-path", folder_.path(), Path("one.joint")});
  ExpectError(over_folder, 4, {Path("trace.json"), "directory"});
  EXPECT_EQ(over_folder.out.find("runs "), std::string::npos) << over_folder.out;
}

TEST_F(RunJoint, AFailedRunLeavesNoProfile) {
  ExpectError(RunCommand({"--profile-path", Path("new/profile"), "-d", Path("missing.bin"), Path("one.joint")}), 4,
              {"missing.bin"});
  EXPECT_NE(access(Path("new").c_str(), F_OK), 0);
}

TEST_F(RunJoint, OptionsOfOtherBuildsNameThem) {
  ExpectError(RunCommand({"--dump_intermediate", "2", Path("one.joint")}), 2, {"run_joint_debug"});
  ExpectError(RunCommand({"--memory-path", Path("m"), Path("one.joint")}), 2, {"run_joint_nmem"});
}

}  // namespace
}  // namespace lockstep::test
