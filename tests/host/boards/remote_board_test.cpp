// A board behind a link to this PC, with a run_joint that is a shell script: what it is called with, what comes back.
#include "boards/remote_board.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "local_link.h"
#include "support/temporary_test_folder.h"

namespace lockstep::boards {
namespace {

class RemoteBoardTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    WriteText(Path("net.joint"), "model");
    options_.binary = Path("run_joint_debug");
    WriteText(options_.binary, "#!/bin/sh\n");
    settings_.name = "door";
    settings_.work_folder = Path("work").string();
    settings_.target = "host";
    job_.model = Path("net.joint");
    job_.report_folder = Path("report");
  }
  void Script(const std::string& build, const std::string& lines) {
    job_.build = build;
    const std::filesystem::path path = Path("run_joint_" + build);
    WriteText(path, "#!/bin/sh\necho \"$@\"\n" + lines);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  std::string Run() { return MakeRemoteBoard(settings_, std::make_unique<LocalLink>(), options_)->Run(job_); }

  RemoteSettings settings_;
  BoardOptions options_;
  BoardJob job_;
};

TEST_F(RemoteBoardTest, AProfileComesBackAndItsTraceIfItIsWanted) {
  Script("profile", "mkdir report; for f in profile.csv profile.json trace.json other; do echo $f >report/$f; done\n");
  job_.repeat = 7;
  job_.warmup = 2;
  job_.threads = 3;
  const std::string said = Run();
  EXPECT_EQ(said.find("--repeat 7 --warmup 2 --threads 3 --profile-path report "), 0U) << said;
  EXPECT_EQ(Files("report"), (std::vector<std::string>{"profile.csv", "profile.json"}));
  EXPECT_EQ(ReadText(Path("report/profile.json")), "profile.json\n");
  job_.trace = true;
  Run();
  EXPECT_EQ(Files("report"), (std::vector<std::string>{"profile.csv", "profile.json", "trace.json"}));
  EXPECT_EQ(Files("work/runs"), std::vector<std::string>()) << "nothing of a run stays";
}

TEST_F(RemoteBoardTest, InputsOfOneNameAreRefused) {
  Script("debug", "");
  job_.report_folder.clear();
  WriteText(Path("x/a.bin"), "one");
  WriteText(Path("y/a.bin"), "another");
  job_.inputs = {Path("x/a.bin"), Path("y/a.bin")};
  EXPECT_THROW(Run(), UsageError);
  job_.inputs = {Path("x/a.bin"), Path("x/a.bin")};
  EXPECT_NE(Run().find("--data a.bin;a.bin"), std::string::npos);
}

TEST_F(RemoteBoardTest, AMemoryReportComesBack) {
  Script("nmem", "echo text >nmem_memory.txt; echo json >nmem_memory.txt.json\n");
  const std::string said = Run();
  EXPECT_EQ(said.find("--memory-path ./nmem_memory.txt "), 0U) << said;
  EXPECT_EQ(Files("report"), (std::vector<std::string>{"nmem_memory.txt", "nmem_memory.txt.json"}));
  // Where nobody wants it, it lands in the run's folder all the same.
  job_.report_folder.clear();
  EXPECT_EQ(Run().find("--memory-path ./nmem_memory.txt "), 0U);
}

TEST_F(RemoteBoardTest, WhatIsInjectedGetsThere) {
  Script("debug", "cat inject/manifest.json inject/tensors.bin; mkdir dump; echo {} >dump/manifest.json\n");
  WriteText(Path("pack/manifest.json"), "what there is\n");
  WriteText(Path("pack/tensors.bin"), "the tensors\n");
  job_.report_folder.clear();
  job_.inject_folder = Path("pack");
  job_.dump_folder = Path("dump");
  job_.dump_inputs = true;
  const std::string said = Run();
  EXPECT_EQ(said.find("--dump_intermediate 3 --dump_folder dump --inject inject "), 0U) << said;
  EXPECT_NE(said.find("what there is\nthe tensors\n"), std::string::npos) << said;
  EXPECT_EQ(Files("dump"), std::vector<std::string>{"manifest.json"});
  EXPECT_EQ(Files("work/runs"), std::vector<std::string>()) << "nothing of a run stays";
}

}  // namespace
}  // namespace lockstep::boards
