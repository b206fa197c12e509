// What a check says when it fails, what becomes of files when a command fails, and files that outputs must not replace.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "import/onnx_export.h"
#include "support/no_threads.h"
#include "support/small_detector.h"

namespace lockstep::testing {
namespace {

class ChecksAndFilesTest : public CommandLineTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(SmallDetector(), P("net.onnx"));
    WritePictures(Path("pictures"), 3);
    const boards::ProcessResult built = Lockstep(Build());
    ASSERT_EQ(built.status, 0) << built.err;
  }

  std::vector<std::string> Build(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"build",  "--input",       P("net.onnx"), "--output-dir",
                                          P("out"), "--calibration", P("pictures")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
  std::string Picture() const { return P("pictures/picture_0.png"); }
};

TEST_F(ChecksAndFilesTest, ADigestIsNotComparedWhereThatIsAskedFor) {
  std::string file = ReadText(Path("out/net.joint"));
  const std::string version = nlohmann::json::parse(Lockstep({"info", P("out/net.joint"), "--json", "-"}).out)
                                  .at("compiler_version")
                                  .get<std::string>();
  const size_t at = file.find(version);
  ASSERT_NE(at, std::string::npos);
  file[at] = static_cast<char>(file[at] ^ 1);
  WriteText(Path("stale.joint"), file);
  std::vector<std::string> run = {"run", P("stale.joint"), "--data", Picture()};
  ExpectError(run, 4, {"stale.joint", "digest"});
  run.insert(run.end(), {"--no-digest", "--save-inputs", P("inputs")});
  const boards::ProcessResult result = Lockstep(run);
  EXPECT_EQ(result.status, 0) << result.err;
}

TEST_F(ChecksAndFilesTest, ANetworkOfOpenShapeTakesThatOfTheJointModel) {
  graph::Graph open = SmallDetector();
  open.tensor(open.inputs[0]).shape = {1, 3, -1, -1};
  importer::ExportOnnx(open, P("open.onnx"));
  const std::string name = open.tensor(open.inputs[0]).name;
  std::vector<std::string> build = Build({"--input-shape", name + ":1x3x32x32"});
  build[2] = P("open.onnx");
  const boards::ProcessResult built = Lockstep(build);
  ASSERT_EQ(built.status, 0) << built.err;
  const std::string joint = P("out/open.joint");
  const boards::ProcessResult checked =
      Lockstep({"crosscheck", joint, "--data", Picture(), "--board", "local", "--onnx", P("open.onnx")});
  EXPECT_EQ(checked.status, 0) << checked.err;
  const boards::ProcessResult run = Lockstep({"run", P("open.onnx"), joint, "--data", Picture()});
  EXPECT_EQ(run.status, 0) << run.err;
  ExpectError({"run", P("open.onnx"), "--data", Picture()}, 2, {"open.onnx", "--input-shape"});
}

TEST_F(ChecksAndFilesTest, AFailedCheckSaysWhichOutputIsBelowWhat) {
  std::vector<std::string> run = {"run",          P("net.onnx"), P("out/net.joint"), "--data",     Picture(),
                                  "--min-cosine", "1",           "--json",           P("run.json")};
  const boards::ProcessResult failed = Lockstep(run);
  EXPECT_EQ(failed.status, 1) << failed.err;
  const auto json = nlohmann::json::parse(ReadText(Path("run.json")));
  EXPECT_EQ(json.at("verdict"), "differs");
  const auto& output = json.at("runs").at(0).at("agreement").at(0);
  const std::string line =
      "differs: the output " + output.at("output").get<std::string>() + " with " + Picture() + " has a cosine of 0.9";
  EXPECT_EQ(failed.out.substr(failed.out.rfind("\ndiffers") + 1, line.size()), line) << failed.out;
  EXPECT_NE(failed.out.find(", below --min-cosine 1\n"), std::string::npos) << failed.out;
  run[6] = "0.5";
  EXPECT_EQ(Lockstep(run).status, 0);
  EXPECT_EQ(nlohmann::json::parse(ReadText(Path("run.json"))).at("verdict"), "within_tolerance");

  ASSERT_EQ(Lockstep({"run", P("net.onnx"), "--data", Picture(), "--dump", P("float")}).status, 0);
  ASSERT_EQ(Lockstep({"run", P("out/net.joint"), "--data", Picture(), "--dump", P("int8")}).status, 0);
  const boards::ProcessResult compared = Lockstep({"compare", P("float"), P("int8"), "--min-cosine", "1"});
  EXPECT_EQ(compared.status, 1) << compared.err;
  EXPECT_NE(compared.out.find("(cosine 0.9"), std::string::npos) << compared.out;
}

TEST_F(ChecksAndFilesTest, ACrosscheckThatFailsLeavesNoOutputs) {
  // The first picture is computed, then the board dies.
  WriteText(Path("run_joint_debug"),
            "#!/bin/sh\n[ -e " + P("ran") + " ] && exit 9\ntouch " + P("ran") + "\nexec " +
                (std::filesystem::path(LOCKSTEP_PROGRAM).parent_path() / "run_joint_debug").string() + " \"$@\"\n");
  std::filesystem::permissions(Path("run_joint_debug"), std::filesystem::perms::owner_all);
  std::vector<std::string> check = {
      "crosscheck", P("out/net.joint"), "--data",  P("pictures"),    "--board",
      "local",      "--output-folder",  P("kept"), "--board-binary", P("run_joint_debug")};
  const boards::ProcessResult failed = Lockstep(check);
  EXPECT_EQ(failed.status, 5) << failed.err;
  EXPECT_TRUE(std::filesystem::exists(Path("ran")));
  EXPECT_FALSE(std::filesystem::exists(Path("kept")));
  check.resize(8);
  const boards::ProcessResult good = Lockstep(check);
  EXPECT_EQ(good.status, 0) << good.err;
  EXPECT_EQ(Files("kept/local").size(), 3U);
}

TEST_F(ChecksAndFilesTest, AnOutputDoesNotReplaceAnInput) {
  const std::string joint = P("out/net.joint");
  const std::string onnx = P("net.onnx");
  std::filesystem::create_hard_link(joint, Path("linked.joint"));
  ASSERT_EQ(Lockstep({"run", joint, "--data", Picture(), "--dump", P("dump")}).status, 0);
  std::filesystem::copy(Path("dump"), Path("dump2"));
  const auto expect = [&](const std::vector<std::string>& arguments, const std::string& output) {
    const std::string before = ReadText(output);
    ExpectError(arguments, 2, {output, "would replace the input"});
    EXPECT_EQ(ReadText(output), before);
  };
  expect(Build({"--json", onnx}), onnx);
  expect(Build({"--json", Picture()}), Picture());
  WriteText(Path("c.json"), R"({"count": 2})");
  expect(Build({"--config", P("c.json"), "--json", P("c.json")}), P("c.json"));
  expect({"info", joint, "--json", joint}, joint);
  expect({"run", joint, "--data", Picture(), "--json", P("linked.joint")}, P("linked.joint"));
  expect({"run", onnx, "--data", P("pictures"), "--json", Picture()}, Picture());
  for (const char* flag : {"--json", "--report"}) {
    expect({"crosscheck", joint, "--data", Picture(), "--board", "local", flag, joint}, joint);
  }
  expect({"compare", P("dump"), P("dump2"), "--json", P("dump2/manifest.json")}, P("dump2/manifest.json"));
  std::vector<std::string> again = Build();
  again[2] = P("out/frontend/optimized.onnx");
  again.insert(again.end(), {"--name", "net"});
  expect(again, P("out/frontend/optimized.onnx"));

  // A result may be replaced, wherever it lies.
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Lockstep({"run", joint, "--data", P("pictures"), "--json", P("pictures/run.json")}).status, 0);
    EXPECT_EQ(Lockstep({"compare", P("dump"), P("dump2"), "--json", P("dump/compared.json")}).status, 0);
  }
  ExpectError({"crosscheck", joint, "--data", Picture(), "--board", "local", "--report", "-"}, 2, {"--report"});
}

TEST_F(ChecksAndFilesTest, HelpShowsTheDefaultsThatHold) {
  const auto config = nlohmann::ordered_json::parse(ReadText(Path("out/net.config.json")));
  const std::string help = Lockstep({"build", "--help"}).out;
  for (const char* key : {"color", "resize", "observer", "weight_range", "bias_correction"}) {
    EXPECT_NE(help.find("(default " + config.at(key).get<std::string>() + ")"), std::string::npos) << key << "\n"
                                                                                                   << help;
  }
  for (const char* text : {"(default 0)", "(default 255; ", "(default 16)", "(default 114)"}) {
    EXPECT_NE(help.find(text), std::string::npos) << text << "\n" << help;
  }
  for (const char* command : {"run", "crosscheck"}) {
    EXPECT_NE(Lockstep({command, "--help"}).out.find("middle frame"), std::string::npos) << command;
  }
}

// A limit to the size of files stands for a full disk, which not everybody may mount.
TEST_F(ChecksAndFilesTest, EditShowsChangesAndBuildsACalibration) {
  const std::string list = Lockstep({"edit", P("out")}).out;
  EXPECT_NE(list.find("weight_bits"), std::string::npos) << list;
  WriteText(Path("edits.txt"), "# wider\nop:Conv.weight_bits=6\n");
  ExpectError({"edit", P("out"), "--output-dir", P("again")}, 2, {"--output-dir", "--build"});
  ExpectError({"edit", P("out"), "-q"}, 2, {"-q", "--build"});
  ExpectError({"edit", P("out"), "--set", "nothing.bits=8"}, 2, {"nothing.bits=8", "matches nothing"});
  const boards::ProcessResult built =
      Lockstep({"edit", P("out"), "--script", P("edits.txt"), "--build", "--output-dir", P("again")});
  EXPECT_EQ(built.status, 0) << built.err;
  EXPECT_NE(built.out.find("weight_bits 8 -> 6"), std::string::npos) << built.out;
  EXPECT_NE(ReadText(Path("again/net.joint")), ReadText(Path("out/net.joint")));
  ExpectError({"edit", P("out"), "--script", P("edits.txt")}, 2, {"changes nothing"});
}

TEST_F(ChecksAndFilesTest, OutputsAndReportOfACrosscheckAppearTogether) {
  std::vector<std::string> command = {"crosscheck", P("out/net.joint"), "--data",   Picture(), "--board",
                                      "local",      "--output-folder",  P("board"), "-q"};
  ASSERT_EQ(Lockstep(command).status, 0);
  EXPECT_EQ(Files("board/local").size(), 1U);
  std::filesystem::remove_all(Path("board"));
  command.insert(command.end(), {"--report", P("page.html"), "--json", P("result.json")});
  const std::vector<std::string> before = FilesAndFolders();
  // Room for all that a run makes, but not for the page.
  const boards::ProcessResult result = LockstepUnder("trap '' XFSZ && ulimit -f 400", command);
  EXPECT_EQ(result.status, 4) << result.err;
  EXPECT_NE(result.err.find("cannot write " + P("page.html") + ": File too large"), std::string::npos) << result.err;
  EXPECT_EQ(FilesAndFolders(), before);
  EXPECT_EQ(Lockstep(command).status, 0);
  EXPECT_EQ(Files("board/local").size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(Path("page.html")) && std::filesystem::exists(Path("result.json")));
}

TEST_F(ChecksAndFilesTest, WhereTheSystemHasNoMoreThreadsOneBuildsTheSame) {
  // Without a calibration of before.
  const auto build = [&](const std::string& folder, const std::string& first) {
    const boards::ProcessResult built = LockstepUnder(
        "export XDG_CACHE_HOME=" + P(folder + "/cache") + " && " + first,
        {"build", "--input", P("net.onnx"), "--output-dir", P(folder), "--calibration", P("pictures"), "-q"});
    EXPECT_EQ(built.status, 0) << built.err;
    return ReadText(Path(folder + "/net.joint"));
  };
  const std::string expected = build("one", "export OMP_THREAD_LIMIT=1");
  EXPECT_EQ(build("none", NoThreads::kShellLimit).size(), expected.size());
  EXPECT_TRUE(ReadText(Path("none/net.joint")) == expected) << "other bytes";
}

TEST_F(ChecksAndFilesTest, AFullTemporaryFolderIsNamed) {
  std::filesystem::create_directories(Path("tmp"));
  const std::string command = "trap '' XFSZ; ulimit -f 1; TMPDIR=" + P("tmp") +
                              " exec " LOCKSTEP_PROGRAM " crosscheck " + P("out/net.joint") + " --data " + Picture() +
                              " --board local";
  const boards::ProcessResult result = boards::RunProcess({"sh", "-c", command}, {}, std::chrono::seconds(120));
  EXPECT_EQ(result.status, 4) << result.err;
  EXPECT_NE(result.err.find("cannot write " + P("tmp/lockstep.")), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("free some space in " + P("tmp") + ", or set TMPDIR"), std::string::npos) << result.err;
  EXPECT_TRUE(Files("tmp").empty()) << Files("tmp").front();
}

}  // namespace
}  // namespace lockstep::testing
