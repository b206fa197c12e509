// Every bad input: exit status, a line that names the culprit, nothing half-written.
#include "command_line.h"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <nlohmann/json.hpp>

#include "import/onnx_export.h"
#include "lower/joint_writer.h"
#include "support/joint_models.h"
#include "support/small_detector.h"
#include "support/small_graph.h"

namespace lockstep::testing {
namespace {

class BadInputTest : public CommandLineTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(SmallDetector(), Path("net.onnx").string());
    WritePictures(Path("pictures"), 3);
    const std::vector<uint8_t> file = test::Write(test::RandomNetwork(3));
    WriteText(Path("small.joint"), std::string(file.begin(), file.end()));
  }

  std::vector<std::string> Build(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"build",
                                          "--input",
                                          Path("net.onnx").string(),
                                          "--output-dir",
                                          Path("out").string(),
                                          "--calibration",
                                          Path("pictures").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  void WriteJoint(joint::ModelT model) {
    const std::vector<uint8_t> file = test::Write(model);
    WriteText(Path("bad.joint"), std::string(file.begin(), file.end()));
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
};

TEST_F(BadInputTest, AGoodBuildIsGood) {
  const boards::ProcessResult result = Lockstep(Build());
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("[4/10] calibrate and quantise ("), std::string::npos)
      << "no plain progress lines in a pipe";
  EXPECT_EQ(result.err.find('\r'), std::string::npos) << "a progress bar in a pipe";
  EXPECT_EQ(result.out.find('\033'), std::string::npos) << "colours in a pipe";
}

TEST_F(BadInputTest, HelpShowsAnExample) {
  for (const char* command : {"build", "run", "crosscheck", "compare", "info"}) {
    const boards::ProcessResult result = Lockstep({command, "--help"});
    EXPECT_EQ(result.status, 0) << command;
    EXPECT_NE(result.out.find(std::string("  lockstep ") + command), std::string::npos) << result.out;
  }
}

TEST_F(BadInputTest, WrongUsage) {
  ExpectError({}, 2, {"command"});
  ExpectError({"biuld"}, 2, {"biuld", "did you mean build?"});
  ExpectError({"build", "--no-such-flag"}, 2, {"--no-such-flag"});
  ExpectError({"build", "--input", "x.onnx"}, 2, {"output_dir", "--output-dir"});
  ExpectError(Build({"--count", "many"}), 2, {"--count"});
  ExpectError(Build({"--observer", "mimax"}), 2, {"observer", "did you mean minmax?"});
  ExpectError(Build({"--input-shape", "images"}), 2, {"images"});
  ExpectError(Build({"--input-shape", "images:1x4x32x32"}), 2, {"--input-shape images:1x4x32x32", "1x3x32x32"});
  ExpectError(Build({"--output-nodes", "Conv_99999"}), 2, {"--output-nodes", "Conv_99999"});
  ExpectError({"run", P("small.joint"), "--data", "x.bin", "--engine", "fast"}, 2,
              {"fast", "float, reference, native"});
  ExpectError({"run", P("net.onnx"), "--data", P("pictures"), "--engine", "native"}, 2, {"net.onnx"});
  ExpectError({"crosscheck", P("small.joint"), "--data", "x.bin", "--board", "qemu:arm7"}, 2, {"qemu:armv7"});
  ExpectError({"run", P("net.onnx"), "--data", P("pictures"), "--min-cosine", "0.9"}, 2,
              {"--min-cosine", "two models"});
  ExpectError({"crosscheck", P("small.joint"), "--data", "x.bin", "--board", "local", "local"}, 2,
              {"--board names local twice"});
}

TEST_F(BadInputTest, SettingsWithoutEffect) {
  const std::string joint = P("small.joint");
  const std::string onnx = P("net.onnx");
  for (const std::string flag : {"--mean", "--std"}) {
    ExpectError({"run", joint, "--data", "x.bin", flag, "3"}, 2, {flag, "small.joint"});
    ExpectError({"run", onnx, joint, "--data", "x.bin", flag, "3"}, 2, {flag, "small.joint"});
  }
  ExpectError({"run", joint, "--data", "x.bin", "--input-shape", "images:1x3x32x32"}, 2, {"--input-shape"});
  ExpectError({"run", joint, "--data", "x.bin", "--engine", "reference", "--no-digest"}, 2, {"--no-digest"});
  ExpectError({"run", onnx, "--data", "x.bin", "--no-digest"}, 2, {"--no-digest"});
  ExpectError({"run", onnx, joint, "--data", "x.bin", "--engine", "float"}, 2, {"--engine float", "small.joint"});
  ExpectError({"run", onnx, onnx, "--data", P("pictures"), "--engine", "native"}, 2, {"native"});
  ExpectError({"info", joint, "--input-shape", "images:1x3x32x32"}, 2, {"--input-shape", "small.joint"});
  ExpectError(Build({"--seed", "5"}), 2, {"seed", "count"});
  ExpectError(Build({"--threads", "1025"}), 2, {"threads"});
  for (const char* threads : {"-3", "1025"}) {
    ExpectError({"crosscheck", joint, "--data", "x.bin", "--board", "local", "--threads", threads}, 2, {"--threads"});
    ExpectError({"run", joint, "--data", "x.bin", "--threads", threads}, 2, {"--threads"});
  }
}

TEST_F(BadInputTest, ANetworkThatTheModelWasNotMadeFrom) {
  ASSERT_EQ(Lockstep(Build()).status, 0);
  const std::string picture = P("pictures/picture_0.png");
  const std::vector<std::string> check = {"crosscheck", P("out/net.joint"), "--data", picture, "--board", "local"};
  const auto with_onnx = [&](const std::string& network) {
    std::vector<std::string> arguments = check;
    arguments.insert(arguments.end(), {"--onnx", network});
    return arguments;
  };
  const std::vector<std::string> run = {"run", P("out/net.joint"), "--data", picture, "--engine", "float"};
  ASSERT_EQ(Lockstep(check).status, 0);
  ASSERT_EQ(Lockstep(run).status, 0);
  EXPECT_EQ(Lockstep(with_onnx(P("net.onnx"))).status, 0);

  // Another network of the same interface, built into the same folder.
  graph::Graph other = SmallDetector();
  const auto conv =
      std::find_if(other.nodes.begin(), other.nodes.end(), [](const graph::Node& node) { return node.op == "Conv"; });
  other.tensor(conv->inputs[1]).constant->floats[0] += 1.0F;
  importer::ExportOnnx(other, P("other.onnx"));
  std::vector<std::string> build = Build();
  build[2] = P("other.onnx");
  ASSERT_EQ(Lockstep(build).status, 0);
  const std::string exported = P("out/frontend/optimized.onnx");
  ExpectError(check, 2, {exported, P("out/net.joint"), "build it again"});
  ExpectError(run, 2, {exported, P("out/net.joint"), "build it again"});
  ExpectError(with_onnx(P("other.onnx")), 2, {P("other.onnx"), P("out/net.joint")});
  EXPECT_EQ(Lockstep(with_onnx(P("net.onnx"))).status, 0);

  // The same network cut elsewhere.
  ASSERT_EQ(Lockstep(Build({"--name", "cut", "--output-nodes", conv->name})).status, 0);
  ExpectError(run, 2, {exported, P("out/net.joint")});
  // An export that does not say where it comes from.
  importer::ExportOnnx(SmallDetector(), exported);
  WriteText(exported, ReadText(exported) + std::string("\x12\x00", 2));
  ExpectError(check, 2, {exported, P("out/net.joint"), "build it again"});
}

TEST_F(BadInputTest, Configuration) {
  WriteText(Path("c.json"), R"({"cout": 3})");
  ExpectError(Build({"--config", P("c.json")}), 2, {"c.json", "\"cout\"", "did you mean count?"});
  WriteText(Path("c.json"), "{");
  ExpectError(Build({"--config", P("c.json")}), 2, {"c.json"});
  ExpectError(Build({"--config", P("none.json")}), 4, {"none.json"});
}

TEST_F(BadInputTest, WrongPaths) {
  ExpectError({"build", "--input", P("none.onnx"), "--output-dir", P("out"), "--calibration", P("pictures")}, 4,
              {"none.onnx", "; check the path"});
  ExpectError({"build", "--input", P("net.onnx"), "--output-dir", P("out"), "--calibration", P("none")}, 4, {"none"});
  ExpectError({"info", P("none.joint")}, 4, {"none.joint"});
  ExpectError({"info", P("pictures")}, 4, {P("pictures") + ": it is a folder"});
  ExpectError({"run", P("pictures"), "--data", P("pictures")}, 4, {P("pictures") + ": it is a folder"});
  ExpectError({"crosscheck", P("pictures"), "--data", P("pictures"), "--board", "local"}, 4,
              {P("pictures") + ": it is a folder"});
  ExpectError({"run", P("none.joint"), "--data", P("pictures")}, 4, {"none.joint"});
  ExpectError({"run", P("net.onnx"), "--data", P("none.png")}, 4, {"none.png"});
  ExpectError({"compare", P("a"), P("b")}, 4, {P("a")});
  const std::string too_long(300, 'x');  // the file system itself refuses it
  ExpectError({"info", P(too_long + ".joint")}, 4, {too_long});
  ExpectError({"run", P(too_long + ".joint"), "--data", P("pictures")}, 4, {too_long});
}

TEST_F(BadInputTest, OnnxFilesCutShort) {
  const std::string whole = ReadText(Path("net.onnx"));
  for (const size_t length : {size_t{0}, size_t{10}, whole.size() / 2, whole.size() - 3}) {
    WriteText(Path("net.onnx"), whole.substr(0, length));
    ExpectError(Build(), 4, {"net.onnx"});
  }
}

TEST_F(BadInputTest, UnsupportedOperators) {
  SmallGraph net;
  const graph::TensorId x = net.Input("images", {1, 3, 8, 8});
  net.graph.outputs = {net.Add("NonZero", {net.Add("Det", {x})})};
  importer::ExportOnnx(net.graph, P("net.onnx"));
  ExpectError(Build(), 3, {"NonZero", "Det", "net.onnx"});
}

TEST_F(BadInputTest, Pictures) {
  std::filesystem::create_directories(Path("empty"));
  WriteText(Path("empty/notes.txt"), "no picture");
  ExpectError({"build", "--input", P("net.onnx"), "--output-dir", P("out"), "--calibration", P("empty")}, 4, {"empty"});
  WriteText(Path("pictures/zz.png"), ReadText(Path("pictures/picture_0.png")).substr(0, 150));
  ExpectError(Build(), 4, {"zz.png", "--skip-bad-images"});
  const boards::ProcessResult result = Lockstep(Build({"--skip-bad-images", "--json", P("report.json")}));
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(nlohmann::json::parse(ReadText(Path("report.json"))).at("calibration").at("skipped"), 1);
  EXPECT_NE(result.out.find("note: 1 of 4 calibration pictures could not be read and was skipped: "), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("zz.png"), std::string::npos) << result.out;
}

TEST_F(BadInputTest, WhatCannotBeWrittenIsFoundOutFirst) {
  ASSERT_EQ(Lockstep(Build()).status, 0);
  const std::string bad = "/proc/nothing/result";
  const std::string picture = P("pictures/picture_0.png");
  // Were the work begun, a broken model or missing data would be named.
  WriteText(Path("broken.joint"), "no model");
  WriteText(Path("broken.onnx"), "no network");
  for (const char* flag : {"--json", "--report", "--output-folder"}) {
    ExpectError({"crosscheck", P("broken.joint"), "--data", picture, "--board", "local", flag, bad}, 4,
                {"/proc/nothing", "check the path"});
  }
  for (const char* flag : {"--json", "--output-folder", "--dump", "--save-inputs"}) {
    ExpectError({"run", P("broken.joint"), "--data", picture, flag, bad}, 4, {"/proc/nothing", "check the path"});
  }
  ExpectError(
      {"build", "--input", P("broken.onnx"), "--output-dir", P("new"), "--calibration", P("pictures"), "--json", bad},
      4, {"/proc/nothing"});
  ExpectError({"info", P("broken.joint"), "--json", bad}, 4, {"/proc/nothing"});
  ExpectError({"compare", P("a"), P("b"), "--json", bad}, 4, {"/proc/nothing"});
}

TEST_F(BadInputTest, AnyFlippedByteOfAJointModel) {
  const std::string whole = ReadText(Path("small.joint"));
  for (size_t at = 0; at < whole.size(); at += 1 + whole.size() / 20) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    WriteText(Path("small.joint"), damaged);
    ExpectError({"info", P("small.joint")}, 4, {"small.joint"});
  }
  WriteText(Path("small.joint"), whole.substr(0, whole.size() / 2));
  ExpectError({"info", P("small.joint")}, 4, {"small.joint"});
}

TEST_F(BadInputTest, JointModelsOfAnotherTime) {
  joint::ModelT model = test::RandomNetwork(3);
  model.contract = "rq2";
  WriteJoint(std::move(model));
  ExpectError({"info", P("bad.joint")}, 3, {"bad.joint", "rq2", "rq1", "upgrade it"});
  model = test::RandomNetwork(3);
  model.format_version = 99;
  WriteJoint(std::move(model));
  ExpectError({"info", P("bad.joint")}, 3, {"bad.joint", "99", "upgrade it"});
  model = test::RandomNetwork(3);
  model.format_version = 1;
  WriteJoint(std::move(model));
  ExpectError({"info", P("bad.joint")}, 3, {"bad.joint", "format version 1", "lockstep build"});
}

TEST_F(BadInputTest, InputsOfTheWrongSize) {
  WriteText(Path("short.bin"), "123");
  ASSERT_EQ(Lockstep(Build()).status, 0);
  for (const char* engine : {"native", "reference"}) {
    ExpectError({"run", P("out/net.joint"), "--data", P("short.bin"), "--engine", engine}, 4, {"short.bin", "3072"});
  }
  ExpectError({"run", P("net.onnx"), "--data", P("short.bin"), "--dump", P("new/dump")}, 4, {"short.bin"});
  ExpectError({"crosscheck", P("out/net.joint"), "--data", P("short.bin"), "--board", "local"}, 4, {"short.bin"});
}

TEST_F(BadInputTest, NamesThatAreNotUtf8AreNoFailure) {
  std::filesystem::rename(Path("pictures"), Path("cal\xe9"));
  std::vector<std::string> build = Build({"--json", "-"});
  build[6] = P("cal\xe9");
  const boards::ProcessResult built = Lockstep(build);
  ASSERT_EQ(built.status, 0) << built.err;
  EXPECT_NO_THROW(nlohmann::json::parse(built.out)) << built.out;
  EXPECT_NO_THROW(nlohmann::json::parse(ReadText(Path("out/net.config.json"))));
  const std::string picture = P("caf\xe9.png");
  std::filesystem::rename(Path("cal\xe9/picture_0.png"), picture);
  const boards::ProcessResult run = Lockstep({"run", P("out/net.joint"), "--data", picture, "--json", "-"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NO_THROW(nlohmann::json::parse(run.out)) << run.out;
}

TEST_F(BadInputTest, NamesLongerThanAFileSystemTakes) {
  const std::string prefix(240, 'L');
  SmallGraph net;
  const graph::TensorId conv = net.Conv(net.Input("images", {1, 3, 8, 8}), 3, 4, 1);
  net.Finish({net.Add("Relu", {conv}), net.Add("Sigmoid", {conv})});
  for (graph::Node& node : net.graph.nodes) node.name = prefix + node.name;
  for (const graph::TensorId output : net.graph.outputs) net.graph.tensor(output).name.insert(0, prefix);
  importer::ExportOnnx(net.graph, P("net.onnx"));
  const boards::ProcessResult built = Lockstep(Build());
  ASSERT_EQ(built.status, 0) << built.err;

  const std::string picture = P("pictures/picture_0.png");
  const boards::ProcessResult run = Lockstep({"run", P("out/net.joint"), "--data", picture, "--dump", P("dump"),
                                              "--output-folder", P("outputs"), "--save-inputs", P("inputs")});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(Files("outputs").size(), 2U) << "one output has overwritten the other";
  const boards::ProcessResult checked = Lockstep(
      {"crosscheck", P("out/net.joint"), "--data", picture, "--board", "local", "--output-folder", P("board_outputs")});
  EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
  EXPECT_EQ(Files("board_outputs/local"), Files("outputs"));

  const std::string run_joint = (std::filesystem::path(LOCKSTEP_PROGRAM).parent_path() / "run_joint_debug").string();
  const boards::ProcessResult board =
      boards::RunProcess({run_joint, "--data", P("inputs/picture_0.bin"), "--dump_intermediate", "2", "--dump_folder",
                          P("board"), P("out/net.joint")},
                         {}, std::chrono::seconds(60));
  ASSERT_EQ(board.status, 0) << board.out << board.err;
  EXPECT_EQ(Files("board"), Files("dump")) << "PC and board name the files of a dump differently";
  const boards::ProcessResult compared = Lockstep({"compare", P("dump"), P("board")});
  EXPECT_EQ(compared.status, 0) << compared.out << compared.err;
  EXPECT_NE(compared.out.find("exact"), std::string::npos) << compared.out;
}

TEST_F(BadInputTest, BoardsThatAreNotThere) {
  ASSERT_EQ(Lockstep(Build()).status, 0);
  ExpectError({"crosscheck", P("out/net.joint"), "--data", P("pictures/picture_0.png"), "--board", "qemu:mipsel",
               "--board-dir", P("nothing")},
              5, {"qemu:mipsel", "run_joint_debug", "cmake --preset mipsel"});
}

TEST_F(BadInputTest, AnInterruptLeavesNothingBehind) {
  ASSERT_EQ(Lockstep(Build()).status, 0);
  WriteText(Path("run_joint_debug"), "#!/bin/sh\necho $$ > " + P("pid") + "\nexec sleep 100\n");
  std::filesystem::permissions(Path("run_joint_debug"), std::filesystem::perms::owner_all);
  std::filesystem::create_directories(Path("tmp"));
  const std::string command = "TMPDIR=" + P("tmp") + " " LOCKSTEP_PROGRAM " crosscheck " + P("out/net.joint") +
                              " --data " + P("pictures/picture_0.png") + " --board local --board-binary " +
                              P("run_joint_debug") + " & lockstep=$!; while [ ! -s " + P("pid") +
                              " ]; do sleep 0.05; done; ls " + P("tmp") + " | wc -l; kill -TERM $lockstep; " +
                              "wait $lockstep; echo $?; board=$(cat " + P("pid") +
                              "); for i in $(seq 100); do kill -0 $board 2>/dev/null || { echo ended; break; }; "
                              "sleep 0.05; done";
  const boards::ProcessResult result = boards::RunProcess({"sh", "-c", command}, {}, std::chrono::seconds(120));
  EXPECT_EQ(result.out, "2\n143\nended\n") << "folders of the reference engine and the board, the status, the board\n"
                                           << result.err;
  EXPECT_TRUE(Files("tmp").empty()) << Files("tmp").front();
}

TEST_F(BadInputTest, AFullDisk) {
  ASSERT_EQ(Lockstep(Build()).status, 0);
  const boards::ProcessResult result = Lockstep({"info", P("out/net.joint"), "--json", "/dev/full"});
  EXPECT_EQ(result.status, 4);
  EXPECT_NE(result.err.find("/dev/full: No space left on device"), std::string::npos) << result.err;

  std::filesystem::create_directories(Path("disk"));
  if (mount("none", P("disk").c_str(), "tmpfs", 0, "size=16k") != 0) GTEST_SKIP() << "cannot mount a small disk here";
  ExpectError({"build", "--input", P("net.onnx"), "--output-dir", P("disk/out"), "--calibration", P("pictures")}, 4,
              {"cannot write " + P("disk/out/frontend/optimized.onnx") + ": No space left on device; free some space"});
  umount(P("disk").c_str());
}

}  // namespace
}  // namespace lockstep::testing
