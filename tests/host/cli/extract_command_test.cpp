// lockstep extract and split, with the run_joint of this PC; crosscheck over a folder of inputs.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "command_line.h"
#include "support/joint_models.h"

namespace lockstep::testing {
namespace {

class ExtractCommandTest : public CommandLineTest {
 protected:
  void SetUp() override {
    test::NetworkBuilder net(11, "one");
    const int x = net.Conv(net.Input({1, 8, 8, 4}), {});
    net.Output(net.Dequantize(net.Add(x, net.Conv(x, {}))));
    const std::vector<uint8_t> file = test::Write(net.Finish());
    WriteText(Path("net.joint"), std::string(file.begin(), file.end()));
    for (const char* name : {"a", "b", "c"}) {
      std::string bytes(8 * 8 * 4, '\0');
      for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 13 + static_cast<size_t>(name[0]));
      WriteText(Path("inputs") / (std::string(name) + ".bin"), bytes);
    }
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
};

TEST_F(ExtractCommandTest, WhatIsExtractedRunsAsItSays) {
  const auto result =
      Lockstep({"extract", P("net.joint"), "--layer", "2", "--data", P("inputs/a.bin"), "--output-dir", P("layer")});
  ASSERT_EQ(result.status, 0) << result.err;
  const size_t at = result.out.find("  cd ");
  ASSERT_NE(at, std::string::npos) << result.out;
  // As it is printed, but for where the program lies.
  std::string line = result.out.substr(at, result.out.find('\n', at) - at);
  const std::filesystem::path programs = std::filesystem::path(LOCKSTEP_PROGRAM).parent_path();
  line.replace(line.find("run_joint_debug"), 0, programs.string() + "/");
  const auto run = boards::RunProcess({"sh", "-c", line}, {}, std::chrono::seconds(60));
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find(": equal\n"), std::string::npos) << run.out;
  const nlohmann::json list = nlohmann::json::parse(ReadText(Path("layer/layers.json")));
  ASSERT_EQ(list.at("layers").size(), 1U);
  EXPECT_EQ(list.at("layers")[0].at("inputs").size(), 2U);
  std::string data;
  for (const auto& input : list.at("layers")[0].at("inputs")) {
    data += (data.empty() ? "" : ";") + P("layer/" + input.get<std::string>());
  }
  const auto checked = Lockstep({"crosscheck", P("layer/" + list.at("layers")[0].at("model").get<std::string>()),
                                 "--data", data, "--board", "local"});
  EXPECT_EQ(checked.status, 0) << checked.err;
  EXPECT_NE(checked.out.find("exact: the only layer"), std::string::npos) << checked.out;
}

TEST_F(ExtractCommandTest, WhereScalesByChannelStandIsSaid) {
  test::NetworkBuilder net(12, "channels");
  const int scaled = net.ChannelLookup(net.Input({1, 4, 4, 8}));
  net.Output(net.Dequantize(net.ChannelLookup(scaled)));
  joint::ModelT model = net.Finish();
  joint::QuantizationT& quantization = *model.tensors[static_cast<size_t>(scaled)]->quantization;
  quantization.axis = 3;
  quantization.zero_point.resize(8, quantization.zero_point[0]);
  for (int i = 1; i < 8; ++i) quantization.scale.push_back(quantization.scale[0] * static_cast<float>(i + 1));
  const std::vector<uint8_t> file = test::Write(model);
  WriteText(Path("channels.joint"), std::string(file.begin(), file.end()));
  for (const auto& [layer, said] : {std::pair("0", true), std::pair("1", false)}) {
    const auto result =
        Lockstep({"extract", P("channels.joint"), "--layer", layer, "--output-dir", P("channels"), "-q"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out.find("note: its output has a scale for each channel") != std::string::npos, said)
        << result.out;
    const auto list = nlohmann::json::parse(ReadText(Path("channels/layers.json"))).at("layers").at(0);
    EXPECT_EQ(list.contains("channel_scales"), said) << list;
    if (!said) continue;
    EXPECT_EQ(list.at("channel_scales").at(0).get<std::vector<float>>(), quantization.scale) << list;
  }
}

TEST_F(ExtractCommandTest, QuietSaysNothingOfTheProgress) {
  const std::vector<std::string> command = {"extract", P("net.joint"), "--layer", "2", "--output-dir", P("layer")};
  EXPECT_NE(Lockstep(command).err.find("extract"), std::string::npos);
  std::vector<std::string> quiet = command;
  quiet.push_back("-q");
  const auto result = Lockstep(quiet);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.err, "");
}

TEST_F(ExtractCommandTest, ASplitModelIsRunAndCompared) {
  ASSERT_EQ(Lockstep({"split", P("net.joint"), "--output-dir", P("layers"), "-q"}).status, 0);
  const auto right = Lockstep({"split", "--compare", P("layers"), "--board", "local", "--json", P("right.json"), "-q"});
  EXPECT_EQ(right.status, 0) << right.err;
  const nlohmann::json json = nlohmann::json::parse(ReadText(Path("right.json")));
  EXPECT_EQ(json.at("verdict"), "exact");
  EXPECT_EQ(json.at("layers").size(), 4U);
  const std::string spoiled = "layers/outputs/" + Files("layers/outputs").front();
  std::string bytes = ReadText(Path(spoiled));
  bytes[3] = static_cast<char>(bytes[3] + 1);
  WriteText(Path(spoiled), bytes);
  const auto wrong = Lockstep({"split", "--compare", P("layers")});
  EXPECT_EQ(wrong.status, 1) << wrong.out;
  EXPECT_NE(wrong.out.find("3 of 4 layers give the same bytes alone; wrong: 0 "), std::string::npos) << wrong.out;
}

TEST_F(ExtractCommandTest, BoardsOfAPoolShareAFolder) {
  const auto result = Lockstep(
      {"crosscheck", P("net.joint"), "--data", P("inputs"), "--board", "local", "--json", P("result.json"), "-q"});
  ASSERT_EQ(result.status, 0) << result.err;
  const nlohmann::json json = nlohmann::json::parse(ReadText(Path("result.json")));
  EXPECT_EQ(json.at("inputs").size(), 3U);
  EXPECT_EQ(json.at("boards")[0].at("layers")[0].at("inputs_differing"), 0);
  ExpectError({"crosscheck", P("net.joint"), "--data", P("inputs"), "--board", "local,local"}, 2, {"twice"});
  ExpectError({"crosscheck", P("net.joint"), "--data", P("inputs"), "--board", "local", "--single"}, 2,
              {"--single", "--onnx"});
}

TEST_F(ExtractCommandTest, WrongUseIsAnErrorThatSaysWhatToDo) {
  ExpectError({"extract", P("net.joint"), "--layer", "9", "--output-dir", P("layer")}, 2,
              {"no layer \"9\"", "0 to 3", "--model-info"});
  ExpectError({"extract", P("net.joint"), "--layer", "1", "--data", P("inputs"), "--output-dir", P("layer")}, 2,
              {"3 sets of inputs"});
  ExpectError({"split"}, 2, {"--output-dir", "--compare"});
  ExpectError({"split", P("net.joint")}, 2, {"--output-dir"});
  ExpectError({"split", P("net.joint"), "--output-dir", P("layers"), "--board", "local"}, 2, {"--compare"});
  ExpectError({"split", "--compare", P("inputs")}, 4, {"layers.json"});
  ExpectError({"split", "--compare", P("inputs"), "--build", "debug"}, 2, {"--board"});
}

}  // namespace
}  // namespace lockstep::testing
