// The command line of run_joint in the release build: what it prints, writes and refuses.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "background_run.h"
#include "base/process_memory.h"
#include "command.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "support/largest_file.h"
#include "support/row_plans.h"

namespace lockstep::test {
namespace {

TEST_F(RunJoint, PrintsWhatItMust) {
  const CommandResult result = RunCommand({"--data", SmallData(), "-r", "3", "-w", "1", Path("small.joint")});
  ASSERT_EQ(result.status, 0) << result.error;
  for (const char* words :
       {"release", RuntimeVersion(), "rq1", "small", "input  0", "u8 1x12x16x3", "input  1", "output 0", "output 1",
        "f32", "arena", "load", "runs        3", "min", "avg", "max", "p95"}) {
    EXPECT_NE(result.out.find(words), std::string::npos) << words << " in\n" << result.out;
  }
  EXPECT_EQ(result.out.find("random"), std::string::npos);
}

TEST_F(RunJoint, WithoutDataItUsesSeededBytesAndSaysSo) {
  const CommandResult result = RunCommand({"--seed", "5", "-o", Path("out"), Path("one.joint")});
  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_NE(result.out.find("random input of seed 5"), std::string::npos) << result.out;
  std::vector<uint8_t> bytes(8 * 8 * 4);
  SeededBytes(5).Fill(bytes.data(), bytes.size());
  WriteFile(Path("seeded.bin"), bytes);
  ASSERT_EQ(RunCommand({"-d", Path("seeded.bin"), "-o", Path("out"), Path("one.joint")}).status, 0);
  const std::vector<std::string> files = FilesIn(Path("out"));
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(ReadFile(Path("out/" + files[0])), ReadFile(Path("out/" + files[1])));
}

TEST_F(RunJoint, FolderAndListGiveOneRunPerInput) {
  ASSERT_EQ(RunCommand({"-i", Path("inputs"), "--bin-out-dir", Path("by_folder"), Path("one.joint")}).status, 0);
  std::string list = "# three inputs\n\n";
  for (const char* name : {"a", "b", "c"}) list += Path("inputs/" + std::string(name) + ".bin") + "\n";
  WriteText(Path("list.txt"), list);
  const CommandResult result = RunCommand({"--list", Path("list.txt"), "-o", Path("by_list"), Path("one.joint")});
  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_NE(result.out.find("runs        3"), std::string::npos) << result.out;
  const std::vector<std::string> files = FilesIn(Path("by_folder"));
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].find("a_tensor_"), 0U) << files[0];
  EXPECT_EQ(FilesIn(Path("by_list")), files);
  for (const std::string& file : files)
    EXPECT_EQ(ReadFile(Path("by_list/" + file)), ReadFile(Path("by_folder/" + file)));
  EXPECT_NE(ReadFile(Path("by_list/" + files[0])), ReadFile(Path("by_list/" + files[1])));
}

TEST_F(RunJoint, PrintsTheInstructionSetsThatAreUsed) {
  setenv("LOCKSTEP_ISA", "portable", 1);
  const CommandResult portable = RunCommand({Path("one.joint")});
  setenv("LOCKSTEP_ISA", "abacus", 1);
  const CommandResult unknown = RunCommand({Path("one.joint")});
  unsetenv("LOCKSTEP_ISA");
  EXPECT_NE(portable.out.find("kernels     portable\n"), std::string::npos) << portable.out;
  ExpectError(unknown, 2, {"LOCKSTEP_ISA", "abacus"});
}

TEST_F(RunJoint, AListIsAnyTextFile) {
  // An end of line of another system, no end of the last line, and a line longer than a path may be.
  WriteText(Path("list.txt"),
            Path("inputs/a.bin") + "\r\n#" + std::string(5000, '#') + "\n\r\n" + Path("inputs/c.bin"));
  const CommandResult result = RunCommand({"--list", Path("list.txt"), Path("one.joint")});
  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_NE(result.out.find("runs        2"), std::string::npos) << result.out;
  const std::string slashes(3000, '/');
  WriteText(Path("list.txt"), folder_.path() + slashes + "picture.bin;" + folder_.path() + slashes + "gain.bin\n");
  EXPECT_EQ(RunCommand({"--list", Path("list.txt"), Path("small.joint")}).status, 0);
  WriteText(Path("list.txt"), "# nothing\n");
  ExpectError(RunCommand({"--list", Path("list.txt"), Path("one.joint")}), 4, {"names no data"});
  ExpectError(RunCommand({"--list", Path("inputs"), Path("one.joint")}), 4, {Path("inputs"), "directory"});
}

TEST_F(RunJoint, PipesAreRefusedAndNotWaitedFor) {
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  ExpectError(RunCommand({Path("pipe")}), 4, {Path("pipe"), "not a file"});
  ExpectError(RunCommand({"-d", Path("pipe"), Path("one.joint")}), 4, {Path("pipe"), "not a file"});
}

TEST_F(RunJoint, InjectIsOfTheDebugBuild) {
  ExpectError(RunCommand({"--inject", Path("dump"), "--seed", "1", Path("one.joint")}), 2,
              {"--inject", "use run_joint_debug"});
}

TEST_F(RunJoint, VerifyComparesByteByByte) {
  ASSERT_EQ(RunCommand({"-d", SmallData(), "-o", Path("gold"), Path("small.joint")}).status, 0);
  EXPECT_EQ(RunCommand({"-d", SmallData(), "--verify", Path("gold"), Path("small.joint")}).status, 0);
  const std::string golden = Path("gold/" + FilesIn(Path("gold"))[0]);
  std::vector<uint8_t> bytes = ReadFile(golden);
  bytes[17] ^= 1;
  WriteFile(golden, bytes);
  ExpectError(RunCommand({"-d", SmallData(), "--verify", Path("gold"), Path("small.joint")}), 1,
              {golden, "1 of", "offset 17"});
  unlink(golden.c_str());
  ExpectError(RunCommand({"-d", SmallData(), "--verify", Path("gold"), Path("small.joint")}), 4, {golden});
}

TEST_F(RunJoint, WhatDiffersIsWrittenToo) {
  ASSERT_EQ(RunCommand({"-d", SmallData(), "-o", Path("gold"), Path("small.joint")}).status, 0);
  WriteFile(Path("gain.bin"), Bytes(16, 3));
  ExpectError(RunCommand({"-d", SmallData(), "--verify", Path("gold"), "-o", Path("other"), Path("small.joint")}), 1,
              {"differs"});
  EXPECT_EQ(FilesIn(Path("other")), FilesIn(Path("gold")));
}

TEST_F(RunJoint, RepeatedRunsDoNotSpoilTheInput) {
  ASSERT_EQ(RunCommand({"-d", SmallData(), "-o", Path("once"), Path("small.joint")}).status, 0);
  EXPECT_EQ(RunCommand({"-d", SmallData(), "-r", "4", "--threads", "2", "--verify", Path("once"), Path("small.joint")})
                .status,
            0);
}

TEST_F(RunJoint, WrongUsageIsTwo) {
  const std::string model = Path("small.joint");
  ExpectError(RunCommand({}), 2, {"joint model"});
  ExpectError(RunCommand({model, model}), 2, {"not several"});
  ExpectError(RunCommand({"--reapet", "3", model}), 2, {"--reapet", "--repeat"});
  ExpectError(RunCommand({"--inpt", "x", model}), 2, {"did you mean --input-folder?"});
  ExpectError(RunCommand({"--verfy", "x", model}), 2, {"did you mean --verify?"});
  ExpectError(RunCommand({"-z", model}), 2, {"-z"});
  ExpectError(RunCommand({model, "--data"}), 2, {"--data", "needs a value"});
  ExpectError(RunCommand({model, "-vr"}), 2, {"--repeat", "needs a value"});
  ExpectError(RunCommand({"--no-digest=1", model}), 2, {"--no-digest takes no value", "=1"});
  ExpectError(RunCommand({"-qv", model}), 2, {"-q is unknown"});
  ExpectError(RunCommand({"--dump", "2", model}), 2, {"--dump may be", "--dump-intermediate", "--dump-layers"});
  ExpectError(RunCommand({"-r", "0", model}), 2, {"--repeat"});
  ExpectError(RunCommand({"-r", "", model}), 2, {"--repeat ''"});
  ExpectError(RunCommand({"-r", "many", model}), 2, {"--repeat", "many"});
  ExpectError(RunCommand({"--threads", "-1", model}), 2, {"--threads"});
  ExpectError(RunCommand({"--md5", model}), 2, {"--md5", "--dump-intermediate"});
  ExpectError(RunCommand({"-d", SmallData(), "--seed", "1", model}), 2, {"--seed"});
  ExpectError(RunCommand({"-d", SmallData(), "-l", "x", model}), 2, {"--list"});
  ExpectError(RunCommand({"-d", Path("picture.bin"), model}), 2,
              {"files: 1, inputs of the model: 2", "separated by ';'"});
  ExpectError(RunCommand({"-i", Path("inputs"), model}), 2, {"--input-folder", "one input"});
  ExpectError(RunCommand({"--self-test", model}), 2, {"no test vectors"});
}

// As from an unset variable of a script: without a word the check would not be made.
TEST_F(RunJoint, EmptyValuesAreRefused) {
  for (const std::string option :
       {"--data", "--input-folder", "--output-folder", "--list", "--verify", "--inject", "--save-benchmark",
        "--profile-path", "--memory-path", "--dump-folder", "--dump-layers"}) {
    ExpectError(RunCommand({option, "", Path("one.joint")}), 2, {option + ": the value is empty"});
    ExpectError(RunCommand({option + "=", Path("one.joint")}), 2, {option + ": the value is empty"});
  }
}

TEST_F(RunJoint, OptionsOfOtherBuildsNameThem) {
  const std::string model = Path("small.joint");
  ExpectError(RunCommand({"--dump_intermediate", "2", model}), 2, {"run_joint_debug"});
  ExpectError(RunCommand({"--profile_path", Path("p"), model}), 2, {"run_joint_profile"});
  ExpectError(RunCommand({"--memory-path", Path("m"), model}), 2, {"run_joint_nmem"});
}

TEST_F(RunJoint, UnsupportedModelsAreThree) {
  joint::ModelT other = SmallNetwork();
  other.contract = "rq9";
  WriteFile(Path("contract.joint"), Write(other));
  ExpectError(RunCommand({Path("contract.joint")}), 3, {"contract.joint", "rq9", "rq1", "upgrade"});
  other = SmallNetwork();
  other.format_version = 99;
  WriteFile(Path("version.joint"), Write(other));
  ExpectError(RunCommand({Path("version.joint")}), 3, {"version.joint", "format_version", "99", "upgrade"});
  other.format_version = 1;
  WriteFile(Path("version.joint"), Write(other));
  ExpectError(RunCommand({Path("version.joint")}), 3, {"version.joint", "format version 1", "lockstep build"});
}

TEST_F(RunJoint, UnreadableAndCorruptFilesAreFour) {
  ExpectError(RunCommand({Path("missing.joint")}), 4, {"missing.joint"});
  ExpectError(RunCommand({folder_.path()}), 4, {folder_.path()});
  std::vector<uint8_t> file = ReadFile(Path("small.joint"));
  file[file.size() / 2] ^= 4;
  WriteFile(Path("flipped.joint"), file);
  ExpectError(RunCommand({Path("flipped.joint")}), 4, {"flipped.joint"});
  WriteFile(Path("empty.joint"), {});
  ExpectError(RunCommand({Path("empty.joint")}), 4, {"empty.joint"});
  WriteFile(Path("text.joint"), std::vector<uint8_t>(1000, 'x'));
  ExpectError(RunCommand({Path("text.joint")}), 4, {"text.joint", "LKSJ"});
  ExpectError(RunCommand({"-d", Path("missing.bin"), Path("one.joint")}), 4, {"missing.bin"});
  ExpectError(RunCommand({"-l", Path("missing.txt"), Path("one.joint")}), 4, {"missing.txt"});
  WriteFile(Path("inputs/short.bin"), Bytes(100, 1));
  ExpectError(RunCommand({"-d", Path("inputs/short.bin"), Path("one.joint")}), 4,
              {"short.bin", "has 100 bytes", "needs 256", "1x8x8x4", "; give a file"});
  ExpectError(RunCommand({"-d", Path("inputs/a.bin"), "-o", "/proc/nothing", Path("one.joint")}), 4,
              {"/proc/nothing", "; name another"});
}

TEST_F(RunJoint, OptionsWithoutEffectAreRefused) {
  const std::string model = Path("one.joint");
  const std::string data = Path("inputs/a.bin");
  for (const std::string mode : {"--dry-run", "--model-info", "--self-test"}) {
    for (const std::vector<std::string>& other : std::vector<std::vector<std::string>>{
             {"-d", data}, {"-o", Path("out")}, {"-r", "1"}, {"--seed", "1"}, {"--save-benchmark", Path("b.json")}}) {
      std::vector<std::string> arguments = other;
      arguments.insert(arguments.end(), {mode, model});
      ExpectError(RunCommand(arguments), 2, {mode, "has no effect"});
    }
  }
  ExpectError(RunCommand({"--model_info", "--threads", "2", model}), 2, {"--threads has no effect with --model-info"});
  ExpectError(RunCommand({"--dry-run", "--model-info", model}), 2, {"--dry-run", "--model-info"});
  EXPECT_EQ(RunCommand({"--dry-run", "--no-digest", "--threads", "2", model}).status, 0);
  EXPECT_EQ(RunCommand({"--model-info", "--no-digest", model}).status, 0);
}

TEST_F(RunJoint, SaysWhereThereAreNoGroups) {
  const std::string none = "groups      none in this model";
  const std::string grouped = Path("grouped.joint");
  WriteFile(grouped, Write(GroupedNetwork()));
  for (const std::string& model : {Path("one.joint"), grouped}) {
    const CommandResult result = RunCommand({"--group-rows", model});
    EXPECT_EQ(result.status, 0) << result.error;
    EXPECT_EQ(result.out.find(none) != std::string::npos, model != grouped) << result.out;
    EXPECT_EQ(RunCommand({model}).out.find(none), std::string::npos);
  }
}

TEST_F(RunJoint, AFailedRunLeavesNoEmptyFolder) {
  WriteFile(Path("short.bin"), Bytes(100, 1));
  ExpectError(RunCommand({"-d", Path("short.bin"), "-o", Path("new/out"), Path("one.joint")}), 4, {"short.bin"});
  EXPECT_NE(access(Path("new").c_str(), F_OK), 0);
  ASSERT_EQ(mkdir(Path("old").c_str(), 0777), 0);
  ExpectError(RunCommand({"-d", Path("short.bin"), "-o", Path("old"), Path("one.joint")}), 4, {"short.bin"});
  EXPECT_EQ(access(Path("old").c_str(), F_OK), 0) << "a folder that was there before stays";
}

TEST_F(RunJoint, AnUnwritableBenchmarkIsNoticedBeforeTheRuns) {
  const CommandResult result = RunCommand({"--save-benchmark", Path("missing/bench.json"), Path("one.joint")});
  ExpectError(result, 4, {Path("missing/bench.json")});
  EXPECT_EQ(result.out.find("runs "), std::string::npos) << result.out;
}

TEST_F(RunJoint, NoDigestSkipsTheDigestAlone) {
  std::vector<uint8_t> file = ReadFile(Path("one.joint"));
  // A letter of the compiler's version: nothing but the digest notices.
  const std::string version = "test";
  const auto at = std::search(file.begin(), file.end(), version.begin(), version.end());
  ASSERT_NE(at, file.end());
  *at = 'T';
  WriteFile(Path("other.joint"), file);
  ExpectError(RunCommand({Path("other.joint")}), 4, {"digest"});
  EXPECT_EQ(RunCommand({"--no-digest", Path("other.joint")}).status, 0);
}

TEST_F(RunJoint, AFullDiskLeavesNoOutput) {
  ASSERT_EQ(mkdir(Path("full").c_str(), 0777), 0);
  ASSERT_EQ(RunCommand({"-d", Path("inputs/a.bin"), "-o", Path("good"), Path("one.joint")}).status, 0);
  const std::string name = FilesIn(Path("good"))[0];
  const rlim_t room = ReadFile(Path("good/" + name)).size() - 1;
  CommandResult result;
  {
    const LargestFile limit(room);
    result = RunCommand({"-d", Path("inputs/a.bin"), "-o", Path("full"), Path("one.joint")});
  }
  ExpectError(result, 4, {Path("full/" + name) + ": cannot be written: File too large"});
  EXPECT_TRUE(FilesIn(Path("full")).empty());
}

// Over a pipe, which the C library would fill first.
TEST_F(RunJoint, EveryLineIsSeenWhenItIsPrinted) {
  BackgroundRun run({"-r", "1000000", Path("one.joint")});
  EXPECT_TRUE(run.WaitFor("random input of seed 1\n")) << run.out();
  run.Send(SIGKILL);
  EXPECT_EQ(run.Finish().status, -SIGKILL);
}

TEST_F(RunJoint, AnInterruptEndsTheRunsAndReportsThem) {
  for (const int signal : {SIGINT, SIGTERM}) {
    BackgroundRun run({"-r", "1000000", "-o", Path("out"), "--save-benchmark", Path("bench.json"),
                       "--report-peak-memory-footprint", Path("one.joint")});
    ASSERT_TRUE(run.WaitFor("random input of seed 1\n")) << run.out();
    run.Send(signal);
    const CommandResult result = run.Finish();
    EXPECT_EQ(result.status, 128 + signal) << result.error;
    EXPECT_NE(result.out.find("interrupted by signal " + std::to_string(signal)), std::string::npos) << result.out;
    EXPECT_NE(result.error.find("interrupt again"), std::string::npos) << result.error;
    if (result.out.find("\nruns  ") == std::string::npos) continue;  // it came before the first run was done
    EXPECT_EQ(result.out.find("\nruns        1000000:"), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("\nmemory  "), std::string::npos) << result.out;
    EXPECT_EQ(FilesIn(Path("out")).size(), 1U);
    EXPECT_NE(ReadText(Path("bench.json")).find("\"repeat\": 1000000"), std::string::npos);
  }
}

TEST_F(RunJoint, ASecondInterruptEndsItAtOnce) {
  BackgroundRun run({"-w", "1000000", "-r", "1000000", Path("one.joint")});
  ASSERT_TRUE(run.WaitFor("random input of seed 1\n")) << run.out();
  run.Stop();  // so that both come before the run is done
  run.Send(SIGINT);
  run.Send(SIGINT);
  run.Continue();
  const CommandResult result = run.Finish();
  EXPECT_TRUE(result.status == 128 + SIGINT || result.status == -SIGINT) << result.status;
}

// The board's lack, not the file's fault. An emulator does not limit what it emulates.
TEST_F(RunJoint, NoMemoryToMapTheModelIsAnErrorOfTheBoard) {
  char emulator[kMaxProgramName];
  if (Emulator(emulator)) GTEST_SKIP() << emulator << " does not pass the limit on";
  constexpr off_t kHuge = off_t{1} << 30;
  WriteFile(Path("huge.joint"), {1});
  ASSERT_EQ(truncate(Path("huge.joint").c_str(), kHuge), 0);
  const auto limited = [&] {
    const std::string pages = ReadText("/proc/self/statm");
    rlimit limit = {};
    limit.rlim_cur = limit.rlim_max =
        std::strtoull(pages.c_str(), nullptr, 10) * static_cast<rlim_t>(getpagesize()) + kHuge / 2;
    setrlimit(RLIMIT_AS, &limit);
    std::string name = "run_joint";
    std::string path = Path("huge.joint");
    char* argv[] = {name.data(), path.data(), nullptr};
    _exit(RunJointMain(2, argv));
  };
  EXPECT_EXIT(limited(), testing::ExitedWithCode(5), "huge.joint: 1073741824 bytes cannot be mapped: Cannot allocate");
}

TEST(OutOfMemory, IsAnErrorOfTheBoard) {
  EXPECT_EXIT(ExitWithoutMemory(), testing::ExitedWithCode(5), "run_joint_release: error: out of memory; [^\n]*\n$");
}

}  // namespace
}  // namespace lockstep::test
