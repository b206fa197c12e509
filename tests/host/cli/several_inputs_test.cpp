// Several inputs and outputs through every command.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "two_inputs.h"

namespace lockstep::testing {
namespace {

std::vector<std::string> With(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST_F(TwoInputsTest, TheNetworkAndTheModelAgreeAndOutputsHaveTheirForms) {
  Build();
  const boards::ProcessResult both =
      Lockstep(With({"run", P("net.onnx"), P("out/net.joint"), "--min-cosine", "0.99"}, Data()));
  EXPECT_EQ(both.status, 0) << both.out << both.err;
  for (const char* engine : {"reference", "native"}) {
    const boards::ProcessResult run =
        Lockstep(With({"run", P("out/net.joint"), "--engine", engine, "--npy", "--dump",
                       P(std::string("dump_") + engine), "--output-folder", P(std::string("o_") + engine)},
                      Data()));
    ASSERT_EQ(run.status, 0) << run.err;
  }
  const boards::ProcessResult compared = Lockstep({"compare", P("dump_reference"), P("dump_native")});
  EXPECT_EQ(compared.status, 0) << compared.out << compared.err;
  ASSERT_EQ(Files("o_native").size(), 4U) << "two outputs, as .bin and as .npy";
  EXPECT_EQ(Files("o_native"), Files("o_reference"));
  std::map<std::string, std::string> bytes;
  for (const std::string& file : Files("o_native")) {
    bytes[file] = ReadText(Path("o_native") / file);
    EXPECT_EQ(bytes[file], ReadText(Path("o_reference") / file)) << file;
  }
  const auto pixels = static_cast<size_t>(2 * rows_ * rows_);
  int raw = 0;
  for (const auto& [file, content] : bytes) {
    if (file.find(".npy") == std::string::npos) {
      EXPECT_TRUE(content.size() == pixels * 4 * sizeof(float) || content.size() == pixels * 5) << file;
      raw += content.size() == pixels * 5 ? 1 : 0;
      continue;
    }
    const input::NpyArray array = input::ParseNpy({content.begin(), content.end()}, file);
    EXPECT_EQ(array.shape, (graph::Shape{2, array.dtype == "u8" ? 5 : 4, rows_, rows_})) << file;
    if (array.dtype != "u8") continue;
    // The raw output is in physical order, channels last; its .npy is in that of ONNX.
    const std::string& physical = bytes.at(file.substr(0, file.size() - 4) + ".bin");
    EXPECT_EQ(static_cast<char>(array.bytes[1]), physical[5]);
    EXPECT_EQ(static_cast<char>(array.bytes[pixels / 2]), physical[1]);
  }
  EXPECT_EQ(raw, 1);
}

TEST_F(TwoInputsTest, TheMergedConfigurationBuildsTheSameBytes) {
  Build();
  const std::string first = ReadText(Path("out/net.joint"));
  const boards::ProcessResult again =
      Lockstep({"build", "--config", P("out/net.config.json"), "--output-dir", P("again")});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(ReadText(Path("again/net.joint")), first);
}

TEST_F(TwoInputsTest, IntegersOfEveryWidthAreTaken) {
  for (const std::string type : {"u8", "s8", "u16", "s16"}) {
    const size_t width = type.find("16") == std::string::npos ? 1 : 2;
    for (int k = 0; k < 3; ++k) {
      std::vector<uint8_t> data(16 * width);
      for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<uint8_t>(i % width == 0 ? (i * 11 + k) % 7 : 0);
      const auto file = input::MakeNpy(type, {2, 8}, data.data(), data.size());
      files::WriteFile(Path("v_" + type) / (std::to_string(k) + ".npy"), file.data(), file.size());
    }
    const boards::ProcessResult built =
        Lockstep({"build", "--input", P("net.onnx"), "--output-dir", P(type), "--calibration",
                  "images=" + P("pictures"), "--calibration", "vec=" + P("v_" + type), "--input-type", "vec:" + type});
    ASSERT_EQ(built.status, 0) << type << built.err;
    const std::vector<std::string> data = {"--data", "images=" + P("photos"), "--data",
                                           "vec=" + P("v_" + type + "/0.npy")};
    const boards::ProcessResult checked =
        Lockstep(With({"crosscheck", P(type + "/net.joint"), "--board", "local", "--json", P(type + ".json")}, data));
    ASSERT_EQ(checked.status, 0) << type << checked.out << checked.err;
    EXPECT_EQ(nlohmann::json::parse(ReadText(Path(type + ".json"))).at("verdict"), "exact") << type;
    const boards::ProcessResult both =
        Lockstep(With({"run", P("net.onnx"), P(type + "/net.joint"), "--min-cosine", "0.99"}, data));
    EXPECT_EQ(both.status, 0) << type << both.out << both.err;
  }
}

TEST_F(TwoInputsTest, WrongInputsAreNamed) {
  ExpectError({"build", "--input", P("net.onnx"), "--output-dir", P("new"), "--calibration", P("pictures")}, 2,
              {"the model has 2 inputs (images, vec), --calibration gives 1"});
  ExpectError({"build", "--input", P("net.onnx"), "--output-dir", P("new"), "--calibration", "images=" + P("pictures"),
               "--calibration", "vec=" + P("vectors"), "--input-type", "vce:f32"},
              2, {"has no input \"vce\"", "did you mean vec?"});
  ExpectError({"build", "--input", P("net.onnx"), "--output-dir", P("new"), "--calibration", "images=" + P("pictures"),
               "--calibration", "vec=" + P("vectors"), "--input-type", "vec:f23"},
              2, {"input_type must be an object", "f32"});
  ExpectError({"build", "--input", P("net.onnx"), "--output-dir", P("new"), "--calibration", "images=" + P("pictures"),
               "--calibration", "vec=" + P("vectors"), "--output-format", "y:raw"},
              2, {"the model has no output \"y\""});
  Build();
  ExpectError({"run", P("out/net.joint"), "--data", "images=" + P("photos")}, 2, {"the input vec gets no data"});
  ExpectError(With({"run", P("out/net.joint"), "--data", "mask=" + P("vec.npy")}, Data()), 2,
              {"the model has no input \"mask\" (it has images, vec)"});
}

}  // namespace
}  // namespace lockstep::testing
