// A small network from ONNX to every board: build, run on every emulated target in all four builds, same bytes.
#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "boards/board.h"
#include "command_line.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"
#include "support/small_graph.h"
#include "two_inputs.h"

namespace lockstep::testing {
namespace {

class EndToEndTest : public CommandLineTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(SmallDetector(), Path("net.onnx").string());
    WritePictures(Path("pictures"), 6);
    WritePictures(Path("photos"), 2, 99);
    const boards::ProcessResult built =
        Lockstep({"build", "--input", P("net.onnx"), "--output-dir", P("out"), "--calibration", P("pictures")});
    ASSERT_EQ(built.status, 0) << built.err;
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
};

TEST_F(EndToEndTest, EveryTargetComputesTheSameInAllFourBuilds) {
  std::vector<std::string> arguments = {"crosscheck", P("out/net.joint"), "--data",   P("photos"), "--all-builds",
                                        "--json",     P("c.json"),        "--report", P("c.html"), "--board"};
  const std::vector<std::string> boards = boards::BoardNames();
  arguments.insert(arguments.end(), boards.begin(), boards.end());
  const boards::ProcessResult result = Lockstep(arguments);
  ASSERT_EQ(result.status, 0) << result.out << result.err;
  const auto json = nlohmann::json::parse(ReadText(Path("c.json")));
  EXPECT_EQ(json.at("verdict"), "exact") << json.at("text");
  ASSERT_EQ(json.at("boards").size(), boards.size());
  for (const auto& board : json.at("boards")) {
    EXPECT_GT(board.at("layers").size(), 20U);
    for (const auto& layer : board.at("layers")) EXPECT_TRUE(layer.at("md5_equal")) << board.at("name") << layer;
    for (const char* build : {"release", "debug", "profile", "nmem"}) {
      EXPECT_EQ(board.at("builds").at(build), true) << board.at("name") << " " << build;
    }
  }
  int measured = 0;
  for (const auto& layer : json.at("boards").at(0).at("layers")) measured += layer.at("cosine").is_number() ? 1 : 0;
  EXPECT_GT(measured, 20) << "the float engine was not compared";
  EXPECT_NE(ReadText(Path("c.html")).find("exact: all"), std::string::npos);
}

// Under an emulator a profile has instructions, the same ones each time, and a board plans the memory that the PC
// plans.
TEST_F(EndToEndTest, EveryEmulatedTargetCountsInstructionsAndPlansMemory) {
  for (const std::string& board : boards::BoardNames()) {
    if (board == "local") continue;
    nlohmann::json first;
    for (int i = 0; i < 2; ++i) {
      const boards::ProcessResult result = Lockstep(
          {"profile", P("out/net.joint"), "--board", board, "--repeat", "1", "--quiet", "--json", P("profile.json")});
      ASSERT_EQ(result.status, 0) << board << result.err;
      const auto profile = nlohmann::json::parse(ReadText(Path("profile.json")));
      EXPECT_EQ(profile.at("measure"), "instructions") << board << result.out;
      EXPECT_EQ(profile.at("emulator").get<std::string>().find("qemu-"), 0U) << profile.at("emulator");
      nlohmann::json counts;
      for (const auto& layer : profile.at("layers")) {
        EXPECT_GT(layer.at("instructions").get<uint64_t>(), layer.at("macs").get<uint64_t>() / 64) << board << layer;
        counts.push_back(layer.at("instructions"));
      }
      if (i == 0) first = counts;
      EXPECT_EQ(counts, first) << board;
    }
    const boards::ProcessResult memory =
        Lockstep({"memory", P("out/net.joint"), "--board", board, "--threads", "2", "--quiet", "--json", P("m.json")});
    ASSERT_EQ(memory.status, 0) << board << memory.err;
    EXPECT_NE(memory.out.find("have the emulator in them, qemu-"), std::string::npos) << memory.out;
  }
}

TEST_F(EndToEndTest, TheReferenceAndTheRuntimeAgree) {
  for (const char* engine : {"reference", "native"}) {
    const boards::ProcessResult run =
        Lockstep({"run", P("out/net.joint"), "--data", P("photos/picture_0.png"), "--engine", engine, "--dump",
                  P(std::string("dump_") + engine), "--output-folder", P(std::string("output_") + engine)});
    ASSERT_EQ(run.status, 0) << run.err;
  }
  const boards::ProcessResult compared = Lockstep({"compare", P("dump_reference"), P("dump_native")});
  EXPECT_EQ(compared.status, 0) << compared.out << compared.err;
  EXPECT_NE(compared.out.find("exact: "), std::string::npos) << compared.out;
  const std::string output = ReadText(Path("output_native") / Files("output_native").at(0));
  EXPECT_EQ(output.size(), size_t{8 * 336 * 4});
  EXPECT_EQ(output, ReadText(Path("output_reference") / Files("output_reference").at(0)));
}

// Floats everywhere, and floats and integers side by side: the same bytes from every kernel, and what the float engine
// says.
TEST_F(EndToEndTest, NodesInFloatsComputeTheSameOnEveryEngine) {
  const std::vector<std::vector<std::string>> settings = {
      {"--float-all"},
      {"--float-ops", "Conv"},
      {"--float-all", "--quantized-ops", "Conv"},
  };
  for (const std::vector<std::string>& setting : settings) {
    SCOPED_TRACE(setting.back());
    std::vector<std::string> build = {"build",    "--input",       P("net.onnx"), "--output-dir",
                                      P("mixed"), "--calibration", P("pictures")};
    build.insert(build.end(), setting.begin(), setting.end());
    const boards::ProcessResult built = Lockstep(build);
    ASSERT_EQ(built.status, 0) << built.err;
    const boards::ProcessResult checked = Lockstep(
        {"crosscheck", P("mixed/net.joint"), "--data", P("photos"), "--board", "local", "--json", P("mixed.json")});
    ASSERT_EQ(checked.status, 0) << checked.out << checked.err;
    EXPECT_EQ(nlohmann::json::parse(ReadText(Path("mixed.json"))).at("verdict"), "exact");
    if (setting.size() != 1) continue;
    const boards::ProcessResult floats =
        Lockstep({"run", P("net.onnx"), P("mixed/net.joint"), "--data", P("photos"), "--json", P("floats.json")});
    EXPECT_EQ(floats.status, 0) << floats.out << floats.err;
    ExpectFloatsAgree(ReadText(Path("floats.json")));
  }
}

TEST_F(EndToEndTest, ASettingOfFloatsThatNamesNothingIsRefused) {
  const boards::ProcessResult result = Lockstep({"build", "--input", P("net.onnx"), "--output-dir", P("none"),
                                                 "--calibration", P("pictures"), "--float-ops", "Softmx"});
  EXPECT_EQ(result.status, 2) << result.err;
  EXPECT_NE(result.err.find("Softmx"), std::string::npos) << result.err;
}

// A network beside its joint model gets pictures as that was built to take them.
TEST_F(EndToEndTest, TheFloatSideOfARunSeesWhatTheJointModelSees) {
  ASSERT_EQ(Lockstep({"build", "--input", P("net.onnx"), "--output-dir", P("bgr"), "--calibration", P("pictures"),
                      "--color", "BGR", "--mean", "100,50,0", "--std", "60", "--resize", "stretch", "--float-all"})
                .status,
            0);
  const std::vector<std::string> run = {"run",       P("net.onnx"), P("bgr/net.joint"), "--data",
                                        P("photos"), "--json",      P("run.json")};
  const boards::ProcessResult same = Lockstep(run);
  EXPECT_EQ(same.status, 0) << same.out << same.err;
  ExpectFloatsAgree(ReadText(Path("run.json")));
  std::vector<std::string> other = run;
  other.insert(other.end(), {"--color", "RGB"});
  EXPECT_EQ(Lockstep(other).status, 2) << "the flag would prepare one side alone";
}

TEST_F(EndToEndTest, AFloatDumpComparesWithAQuantisedOne) {
  ASSERT_EQ(Lockstep({"run", P("net.onnx"), "--data", P("photos/picture_0.png"), "--dump", P("float")}).status, 0);
  ASSERT_EQ(Lockstep({"run", P("out/net.joint"), "--data", P("photos/picture_0.png"), "--dump", P("native")}).status,
            0);
  const boards::ProcessResult loose = Lockstep({"compare", P("float"), P("native"), "--min-cosine", "0.5"});
  EXPECT_EQ(loose.status, 0) << loose.out << loose.err;
  const boards::ProcessResult strict = Lockstep({"compare", P("float"), P("native")});
  EXPECT_EQ(strict.status, 1) << strict.out << strict.err;
}

TEST_F(EndToEndTest, TheModelsOwnTestVectorsPassOnThisPc) {
  const std::string run_joint = (std::filesystem::path(LOCKSTEP_PROGRAM).parent_path() / "run_joint_release").string();
  const boards::ProcessResult result =
      boards::RunProcess({run_joint, "--self-test", P("out/net.joint")}, {}, std::chrono::seconds(60));
  EXPECT_EQ(result.status, 0) << result.out << result.err;
}

// The best cells of a small head: values, and their positions as integers.
class IntegerOutputTest : public CommandLineTest {
 protected:
  void SetUp() override {
    SmallGraph net;
    const graph::TensorId image = net.Input("images", {1, 3, 16, 16});
    const graph::TensorId scores = net.Conv(net.Add("Relu", {net.Conv(image, 3, 8, 3)}), 8, 4, 3);
    const graph::TensorId cells = net.Add("Reshape", {scores, net.Ints({1, 4, 144})});
    const auto best = net.AddMany("TopK", {cells, net.Ints({5})}, 2, {{"axis", int64_t{2}}});
    importer::ExportOnnx(net.Finish({best[0], best[1]}), Path("net.onnx").string());
    WritePictures(Path("pictures"), 4);
    const boards::ProcessResult built =
        Lockstep({"build", "--input", P("net.onnx"), "--output-dir", P("out"), "--calibration", P("pictures")});
    ASSERT_EQ(built.status, 0) << built.err;
  }
  std::string P(const std::string& name) const { return Path(name).string(); }

  std::vector<int64_t> ReadIndices(const std::string& folder) {
    for (const std::string& file : Files(folder)) {
      const std::string bytes = ReadText(Path(folder) / file);
      if (bytes.size() != size_t{4 * 5 * 8}) continue;
      std::vector<int64_t> indices(20);
      std::memcpy(indices.data(), bytes.data(), bytes.size());
      return indices;
    }
    ADD_FAILURE() << folder << " has no file of 20 integers";
    return {};
  }
};

TEST_F(IntegerOutputTest, EveryTargetGivesTheSamePositions) {
  std::vector<std::string> arguments = {"crosscheck",   P("out/net.joint"), "--data",    P("pictures/picture_0.png"),
                                        "--all-builds", "--json",           P("c.json"), "--board"};
  const std::vector<std::string> boards = boards::BoardNames();
  arguments.insert(arguments.end(), boards.begin(), boards.end());
  const boards::ProcessResult result = Lockstep(arguments);
  ASSERT_EQ(result.status, 0) << result.out << result.err;
  const auto json = nlohmann::json::parse(ReadText(Path("c.json")));
  EXPECT_EQ(json.at("verdict"), "exact") << json.at("text");
  int integers = 0;
  for (const auto& board : json.at("boards")) {
    for (const auto& layer : board.at("layers")) {
      if (layer.at("dtype") != "s64") continue;  // the TopK's second output, and what brings it into ONNX's order
      if (layer.at("op") == "TopK") ++integers;
      EXPECT_TRUE(layer.at("cosine").is_null()) << "positions are equal or not: " << layer;
    }
    for (const char* build : {"release", "debug", "profile", "nmem"}) EXPECT_EQ(board.at("builds").at(build), true);
  }
  EXPECT_EQ(integers, static_cast<int>(boards.size()));
}

TEST_F(IntegerOutputTest, EveryEngineDeliversIntegers) {
  for (const char* engine : {"reference", "native"}) {
    const boards::ProcessResult run =
        Lockstep({"run", P("out/net.joint"), "--data", P("pictures/picture_0.png"), "--engine", engine, "--dump",
                  P(std::string("dump_") + engine), "--output-folder", P(std::string("output_") + engine)});
    ASSERT_EQ(run.status, 0) << run.err;
  }
  const std::vector<int64_t> indices = ReadIndices("output_native");
  EXPECT_EQ(indices, ReadIndices("output_reference"));
  EXPECT_NE(indices, std::vector<int64_t>(20, 0));
  for (const int64_t index : indices) EXPECT_TRUE(index >= 0 && index < 144) << index;
  const boards::ProcessResult compared = Lockstep({"compare", P("dump_reference"), P("dump_native")});
  EXPECT_EQ(compared.status, 0) << compared.out << compared.err;

  const boards::ProcessResult run =
      Lockstep({"run", P("net.onnx"), "--data", P("pictures/picture_0.png"), "--dump", P("dump_float"),
                "--output-folder", P("output_float"), "--json", P("run.json")});
  ASSERT_EQ(run.status, 0) << run.err;
  for (const int64_t index : ReadIndices("output_float")) EXPECT_TRUE(index >= 0 && index < 144) << index;
  const auto outputs =
      nlohmann::json::parse(ReadText(Path("run.json"))).at("runs").at(0).at("models").at(0).at("outputs");
  EXPECT_EQ(outputs.at(0).at("dtype"), "f32");
  EXPECT_EQ(outputs.at(1).at("dtype"), "s64");
  const auto manifest = nlohmann::json::parse(ReadText(Path("dump_float/manifest.json")));
  EXPECT_EQ(manifest.at("layers").back().at("dtype"), "s64");
}

TEST_F(IntegerOutputTest, CompareKnowsNoNearPositions) {
  ASSERT_EQ(Lockstep({"run", P("out/net.joint"), "--data", P("pictures/picture_0.png"), "--dump", P("a")}).status, 0);
  ASSERT_EQ(Lockstep({"run", P("out/net.joint"), "--data", P("pictures/picture_1.png"), "--dump", P("b")}).status, 0);
  const boards::ProcessResult compared = Lockstep({"compare", P("a"), P("b"), "--atol", "1000"});
  EXPECT_EQ(compared.status, 1) << compared.out;
  EXPECT_NE(compared.out.find("DIFFERS"), std::string::npos) << compared.out;
}

// Two inputs, a batch of two, and outputs as floats, as they are and as positions.
TEST_F(TwoInputsTest, EveryTargetComputesTheSame) {
  Build();
  std::vector<std::string> arguments = {"crosscheck", P("out/net.joint"), "--all-builds",
                                        "--json",     P("c.json"),        "--board"};
  const std::vector<std::string> boards = boards::BoardNames();
  arguments.insert(arguments.end(), boards.begin(), boards.end());
  const boards::ProcessResult result = Lockstep(With(arguments, Data()));
  ASSERT_EQ(result.status, 0) << result.out << result.err;
  const auto json = nlohmann::json::parse(ReadText(Path("c.json")));
  EXPECT_EQ(json.at("verdict"), "exact") << json.at("text");
  ASSERT_EQ(json.at("boards").size(), boards.size());
  for (const auto& board : json.at("boards")) {
    for (const char* build : {"release", "debug", "profile", "nmem"}) EXPECT_EQ(board.at("builds").at(build), true);
  }
  EXPECT_GE(ExpectFewSteps(json.at("boards").at(0).at("layers"), 3.0), 4);
}

}  // namespace
}  // namespace lockstep::testing
