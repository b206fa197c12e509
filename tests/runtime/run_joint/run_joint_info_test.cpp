// What run_joint says without running, and of its runs to programs.
#include <gtest/gtest.h>

#include <filesystem>

#include "command.h"

namespace lockstep::test {
namespace {

TEST_F(RunJoint, BenchmarkInfoDryRunVersionAndHelp) {
  const CommandResult run = RunCommand(
      {"-r", "4", "--save-benchmark", Path("bench.json"), "--report_peak_memory_footprint", Path("small.joint")});
  ASSERT_EQ(run.status, 0) << run.error;
  ExpectWrote(run, {Path("bench.json")});
  const std::string json = ReadText(Path("bench.json"));
  for (const char* key : {"\"runs\": 4", "\"median_ms\"", "\"p95_ms\"", "\"arena_bytes\"", "\"model\": \"small\"",
                          "\"contract\": \"rq1\"", "\"emulated\": "}) {
    EXPECT_NE(json.find(key), std::string::npos) << key << " in " << json;
  }
  const CommandResult info = RunCommand({"--model_info", Path("small.joint")});
  EXPECT_EQ(info.status, 0);
  EXPECT_NE(info.out.find("DepthwiseConv_2"), std::string::npos) << info.out;
  EXPECT_EQ(info.out.find("runs "), std::string::npos);
  const CommandResult dry = RunCommand({"--dry_run", Path("small.joint")});
  EXPECT_EQ(dry.status, 0);
  EXPECT_NE(dry.out.find("nothing was run"), std::string::npos);
  // What programs read: a line of JSON with the figures that the lines for people round.
  const size_t plan = dry.out.find("\nplan        {\"threads\":1,\"model_file\":");
  ASSERT_NE(plan, std::string::npos) << dry.out;
  const auto figure = [&dry, plan](const std::string& key) {
    const size_t at = dry.out.find("\"" + key + "\":", plan);
    return at == std::string::npos ? 0 : std::stoull(dry.out.substr(at + key.size() + 3));
  };
  EXPECT_EQ(figure("model_file"), std::filesystem::file_size(Path("small.joint"))) << dry.out;
  EXPECT_GT(figure("scratch"), 0U) << dry.out;
  EXPECT_EQ(figure("peak"), figure("model_file") + figure("arena") + figure("scratch") + figure("tables")) << dry.out;
  for (const char* flag : {"-v", "--version"}) {
    const CommandResult version = RunCommand({flag});
    EXPECT_EQ(version.status, 0);
    EXPECT_NE(version.out.find("rq1"), std::string::npos);
  }
  for (const char* flag : {"-?", "--help"}) {
    const CommandResult help = RunCommand({flag});
    EXPECT_EQ(help.status, 0);
    EXPECT_NE(help.out.find("--dump-intermediate"), std::string::npos) << flag;
  }
}

}  // namespace
}  // namespace lockstep::test
