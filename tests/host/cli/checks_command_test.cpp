// `lockstep check-input`, `check-pre` and `check-post` through the program: statuses, JSON, mistakes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command_line.h"
#include "import/onnx_export.h"
#include "input/npy.h"
#include "support/small_detector.h"

namespace lockstep::testing {
namespace {

class ChecksCommandTest : public CommandLineTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(SmallDetector(), P("net.onnx"));
    WritePictures(Path("pictures"), 3);
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
  std::string Picture() const { return P("pictures/picture_0.png"); }
};

TEST_F(ChecksCommandTest, WhatRunFeedsIsWhatTheModelMakes) {
  const boards::ProcessResult run = Lockstep({"run", P("net.onnx"), "--data", Picture(), "--save-inputs", P("fed")});
  ASSERT_EQ(run.status, 0) << run.err;
  std::vector<std::string> check = {"check-pre", P("net.onnx"),          "--data", Picture(),
                                    "--array",   P("fed/picture_0.npy"), "--json", P("pre.json")};
  const boards::ProcessResult good = Lockstep(check);
  EXPECT_EQ(good.status, 0) << good.out << good.err;
  EXPECT_EQ(nlohmann::json::parse(ReadText(Path("pre.json"))).at("stages").at(0).at("standing"), "good");
  check.insert(check.end(), {"--color", "BGR"});
  const boards::ProcessResult bad = Lockstep(check);
  EXPECT_EQ(bad.status, 1) << bad.err;
  EXPECT_NE(bad.out.find("bad: red and blue are swapped"), std::string::npos) << bad.out;
  EXPECT_EQ(nlohmann::json::parse(ReadText(Path("pre.json"))).at("passed"), false);
}

TEST_F(ChecksCommandTest, AnExpectedOutputFindsTheColourOrder) {
  const boards::ProcessResult run =
      Lockstep({"run", P("net.onnx"), "--data", Picture(), "--output-folder", P("outputs"), "--npy", "--color", "BGR"});
  ASSERT_EQ(run.status, 0) << run.err;
  std::string output;
  for (const std::string& file : Files("outputs")) {
    if (file.find(".npy") != std::string::npos) output = file;
  }
  std::vector<std::string> check = {"check-input", P("net.onnx"), "--data",
                                    Picture(),     "--expected",  P("outputs/" + output)};
  const boards::ProcessResult bad = Lockstep(check);
  EXPECT_EQ(bad.status, 1) << bad.out << bad.err;
  EXPECT_NE(bad.out.find("with: red and blue swapped"), std::string::npos) << bad.out;
  check.insert(check.end(), {"--color", "BGR"});
  const boards::ProcessResult good = Lockstep(check);
  EXPECT_EQ(good.status, 0) << good.out << good.err;
}

TEST_F(ChecksCommandTest, WhatCannotBeCheckedIsSaid) {
  ExpectError({"check-pre", P("net.onnx"), "--data", Picture()}, 2, {"--array is missing"});
  ExpectError({"check-pre", P("net.onnx"), "--data", Picture(), "--array", P("none.npy")}, 4, {"none.npy"});
  ExpectError({"check-input", P("none.onnx"), "--data", Picture()}, 4, {"none.onnx"});
  ASSERT_EQ(Lockstep({"run", P("net.onnx"), "--data", Picture(), "--save-inputs", P("fed"), "-q"}).status, 0);
  ExpectError({"check-pre", P("net.onnx"), "--data", P("pictures"), "--array", P("fed/picture_0.npy")}, 2,
              {"--array is of one picture, --data names 3", "name the one"});
  const boards::ProcessResult first = Lockstep({"check-input", P("net.onnx"), "--data", P("pictures")});
  EXPECT_NE(first.out.find("of the 3 pictures of --data the first is judged: " + Picture()), std::string::npos)
      << first.out << first.err;
  const std::vector<float> row = {1, 2, 3, 4, 0.5F, 1};
  const auto npy = input::MakeNpy("f32", {1, 6}, row.data(), row.size() * sizeof(float));
  WriteText(Path("boxes.npy"), {npy.begin(), npy.end()});
  EXPECT_EQ(Lockstep({"check-post", P("boxes.npy"), P("boxes.npy")}).status, 0);
  ExpectError({"check-post", P("boxes.npy"), P("boxes.npy"), "--data", Picture()}, 2, {"--model and --data"});
  ExpectError({"check-post", P("boxes.npy")}, 2, {"expected is missing"});
}

}  // namespace
}  // namespace lockstep::testing
