// `lockstep crosscheck` down the checklist: the files of other programs, and which stage is named.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command_line.h"
#include "graph/graph.h"
#include "import/onnx_export.h"
#include "input/npy.h"
#include "support/small_detector.h"

namespace lockstep::testing {
namespace {

class ChecklistCommandTest : public CommandLineTest {
 protected:
  void SetUp() override {
    const graph::Graph network = SmallDetector();
    output_ = network.tensor(network.outputs[0]).name;
    importer::ExportOnnx(network, P("net.onnx"));
    WritePictures(Path("pictures"), 3);
    Build("float");
  }

  void Build(const std::string& precision, const std::vector<std::string>& more = {}) {
    std::vector<std::string> command = {"build",         "--input",     P("net.onnx"), "--output-dir", P("out"),
                                        "--calibration", P("pictures"), "--precision", precision,      "-q"};
    command.insert(command.end(), more.begin(), more.end());
    const boards::ProcessResult built = Lockstep(command);
    ASSERT_EQ(built.status, 0) << built.err;
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
  std::string Picture() const { return P("pictures/picture_0.png"); }

  // What a framework that takes this colour order is fed with, and gives: framework/OUTPUT.npy.
  void RunFramework(const std::string& color) {
    const boards::ProcessResult run =
        Lockstep({"run", P("net.onnx"), "--data", Picture(), "--color", color, "--save-inputs", P("fed"),
                  "--output-folder", P("outputs"), "--npy", "-q"});
    ASSERT_EQ(run.status, 0) << run.err;
    for (const std::string& file : Files("outputs")) {
      if (file.find(".npy") != std::string::npos)
        WriteText(Path("framework/" + output_ + ".npy"), ReadText(Path("outputs/" + file)));
    }
  }

  nlohmann::json Check(int status, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"crosscheck", P("out/net.joint"), "--data",    Picture(), "--board",
                                          "local",      "--json",           P("c.json"), "-q"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const boards::ProcessResult result = Lockstep(arguments);
    EXPECT_EQ(result.status, status) << result.out << result.err;
    return nlohmann::json::parse(ReadText(Path("c.json")));
  }

  static std::string StandingOf(const nlohmann::json& json, const std::string& stage) {
    for (const auto& entry : json.at("checklist").at("stages")) {
      if (entry.at("stage") == stage) return entry.at("standing");
    }
    return "none";
  }

  std::string output_;
};

TEST_F(ChecklistCommandTest, WithoutFilesItSaysWhichWouldHelp) {
  EXPECT_FALSE(Check(0, {}).contains("checklist"));
  const nlohmann::json json = Check(0, {"--checklist"});
  EXPECT_EQ(json.at("checklist").at("stages").size(), 6U);
  EXPECT_EQ(StandingOf(json, "pre-processing"), "no_data");
  EXPECT_EQ(StandingOf(json, "quantisation"), "good");
  EXPECT_EQ(StandingOf(json, "board against PC"), "good");
  EXPECT_NE(json.dump().find("--input-array FILE.npy"), std::string::npos);
  EXPECT_NE(json.dump().find("--framework-outputs DIR"), std::string::npos);
  EXPECT_NE(json.dump().find("--expected-post FILE"), std::string::npos);
}

TEST_F(ChecklistCommandTest, AQuantisationThatLostTooMuchIsNamedByItsFirstLayer) {
  Build("int8");
  EXPECT_EQ(StandingOf(Check(0, {"--checklist"}), "quantisation"), "good")
      << "what is cut in front of a Sigmoid is no loss";
  Build("int8", {"--weight-bits", "3"});
  const nlohmann::json json = Check(1, {"--checklist"});
  EXPECT_EQ(StandingOf(json, "quantisation"), "bad");
  std::string first;
  for (const auto& layer : json.at("boards").at(0).at("layers")) {
    if (first.empty() && layer.at("cosine").is_number() && layer.at("cosine") < 0.98) first = layer.at("name");
  }
  ASSERT_FALSE(first.empty()) << "the network should lose that much in weights of 3 bits";
  EXPECT_NE(json.at("checklist").dump().find("the first layer under 0.98 is "), std::string::npos);
  EXPECT_NE(json.at("checklist").dump().find(" " + first + " (Conv"), std::string::npos) << first;
}

TEST_F(ChecklistCommandTest, ASwappedColourOrderIsTheFirstBadStage) {
  RunFramework("BGR");
  const nlohmann::json json =
      Check(1, {"--input-array", P("fed/picture_0.npy"), "--framework-outputs", P("framework")});
  EXPECT_EQ(StandingOf(json, "pre-processing"), "bad");
  EXPECT_EQ(StandingOf(json, "float model against the original framework"), "good")
      << "it is fed with what the framework was fed with";
  EXPECT_EQ(json.at("checklist").at("summary").get<std::string>().find("the first stage that is bad: pre-processing"),
            0U)
      << json.at("checklist").at("summary");
  const nlohmann::json expected = Check(1, {"--expected-output", P("framework/" + output_ + ".npy")});
  EXPECT_EQ(StandingOf(expected, "input file and colour order"), "bad");
}

TEST_F(ChecklistCommandTest, WhatIsWrongAboutThePreparationIsSaidInWords) {
  std::string picture = "P6 48 32 255\n";  // wider than the input, so that a letterbox has a border
  for (int i = 0; i < 48 * 32 * 3; ++i) picture += static_cast<char>(i % 3 * 60 + i / 3 % 48 * 2 + i / 144 * 3 % 50);
  WriteText(Path("wide/p.ppm"), picture);
  const std::vector<std::string> right = {"--mean", "123,116,103", "--std", "58,57,56", "--resize", "letterbox"};
  std::vector<std::string> build = {"build",         "--input",     P("net.onnx"), "--output-dir", P("out"),
                                    "--calibration", P("pictures"), "--precision", "float",        "-q"};
  build.insert(build.end(), right.begin(), right.end());
  const boards::ProcessResult built = Lockstep(build);
  ASSERT_EQ(built.status, 0) << built.err;
  struct Planted {
    std::vector<std::string> settings;
    std::string words;
  };
  const std::vector<Planted> faults = {
      {{"--color", "BGR", "--mean", "103,116,123", "--std", "56,57,58", "--resize", "letterbox"},
       "red and blue are swapped"},
      {{"--mean", "103,116,123", "--std", "56,57,58", "--resize", "letterbox"}, "wrong channels"},
      {{"--mean", "123,116,103", "--std", "58,57,56", "--resize", "stretch"}, "stretch"},
      {{"--mean", "0,0,0", "--std", "255,255,255", "--resize", "letterbox"}, "divided by 255"},
  };
  for (const Planted& fault : faults) {
    std::vector<std::string> run = {"run",    P("net.onnx"),     "--data",     P("wide/p.ppm"), "--save-inputs",
                                    P("fed"), "--output-folder", P("outputs"), "--npy",         "-q"};
    run.insert(run.end(), fault.settings.begin(), fault.settings.end());
    const boards::ProcessResult fed = Lockstep(run);
    ASSERT_EQ(fed.status, 0) << fed.err;
    const boards::ProcessResult result =
        Lockstep({"crosscheck", P("out/net.joint"), "--data", P("wide/p.ppm"), "--board", "local", "--input-array",
                  P("fed/p.npy"), "--json", P("c.json"), "-q"});
    EXPECT_EQ(result.status, 1) << result.out << result.err;
    const nlohmann::json json = nlohmann::json::parse(ReadText(Path("c.json")));
    EXPECT_EQ(StandingOf(json, "pre-processing"), "bad") << fault.words;
    EXPECT_NE(json.at("checklist").dump().find(fault.words), std::string::npos)
        << fault.words << json.at("checklist").dump(1);
  }
}

TEST_F(ChecklistCommandTest, WhatAgreesIsGoodAndThePostProcessingIsLeft) {
  RunFramework("RGB");
  const std::vector<float> boxes = {1, 2, 13, 14, 0.5F, 1};
  const std::vector<float> sizes = {1, 2, 12, 12, 0.5F, 1};
  for (const auto& [file, rows] : {std::pair("own.npy", boxes), std::pair("expected.npy", sizes)}) {
    const auto npy = input::MakeNpy("f32", {1, 6}, rows.data(), rows.size() * sizeof(float));
    WriteText(Path(file), {npy.begin(), npy.end()});
  }
  const nlohmann::json json =
      Check(1, {"--input-array", P("fed/picture_0.npy"), "--framework-outputs", P("framework"), "--expected-output",
                P("framework/" + output_ + ".npy"), "--post", P("own.npy"), "--expected-post", P("expected.npy")});
  for (const char* stage : {"input file and colour order", "pre-processing",
                            "float model against the original framework", "quantisation", "board against PC"}) {
    EXPECT_EQ(StandingOf(json, stage), "good") << stage << json.at("checklist").dump(1);
  }
  EXPECT_EQ(StandingOf(json, "post-processing"), "bad");
  EXPECT_NE(json.at("checklist").dump().find("x,y,width,height from the corner"), std::string::npos);
  const nlohmann::json good = Check(0, {"--post", P("own.npy"), "--expected-post", P("own.npy")});
  EXPECT_EQ(StandingOf(good, "post-processing"), "good");
}

}  // namespace
}  // namespace lockstep::testing
