// Pictures and networks that look like a mistake: each is named, none is passed over.
#include <gtest/gtest.h>

#include "compiler/compiler.h"
#include "compiler/network_watch.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "input/npy.h"
#include "support/small_detector.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {
namespace {

using nlohmann::ordered_json;

class BadInputTest : public testing::FolderTest {
 protected:
  BuildResult BuildOf(const graph::Graph& graph, const ordered_json& more = ordered_json::object()) {
    importer::ExportOnnx(graph, Path("net.onnx").string());
    if (!std::filesystem::exists(Path("pictures"))) testing::WritePictures(Path("pictures"), 4);
    ordered_json keys{{"input", Path("net.onnx").string()},
                      {"output_dir", Path("out").string()},
                      {"calibration", Path("pictures").string()},
                      {"count", 2}};
    keys.update(more);
    return Build(ParseConfig(keys, "test"), {});
  }

  // A network of one plain input, calibrated with four arrays of `scales` times 1 to 8.
  BuildResult BuildOfPlain(const std::vector<float>& scales) {
    std::filesystem::create_directories(Path("pictures"));
    for (size_t i = 0; i < scales.size(); ++i) {
      std::vector<float> values;
      for (int k = 1; k <= 8; ++k) values.push_back(scales[i] * static_cast<float>(k));
      const std::vector<uint8_t> file = input::MakeNpy("f32", {1, 8}, values.data(), values.size() * sizeof(float));
      WriteText(Path("pictures") / (std::to_string(i) + ".npy"), std::string(file.begin(), file.end()));
    }
    testing::SmallGraph net;
    const graph::TensorId x = net.Input("x", {1, 8});
    return BuildOf(net.Finish({net.Add("Gemm", {x, net.Random({8, 4}), net.Random({4})})}), {{"count", 4}});
  }

  std::string RefusalOf(const graph::Graph& graph) {
    try {
      BuildOf(graph);
    } catch (const BadInput& error) {
      return error.what();
    }
    return "";
  }
};

bool Contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_F(BadInputTest, AModelIsNeverCalledGoodForBlackPictures) {
  testing::WriteUniformPictures(Path("pictures"), 4);
  const BuildResult result = BuildOf(testing::SmallDetector());
  EXPECT_EQ(result.summary.at("judgement").at("verdict"), "not judged");
  EXPECT_TRUE(Contains(result.warnings, "NOT JUDGED")) << result.warnings;
  EXPECT_TRUE(Contains(result.warnings, "shows nothing of what the network does")) << result.warnings;
}

// A letterbox's grey borders beside the black do not make a picture of it.
TEST_F(BadInputTest, BlackPicturesInALetterbox) {
  testing::WriteUniformPictures(Path("pictures"), 4, 20);
  const BuildResult result = BuildOf(testing::SmallDetector());
  EXPECT_EQ(result.summary.at("judgement").at("verdict"), "not judged");
  EXPECT_TRUE(Contains(result.warnings, "2 of 2 calibration pictures are of one colour")) << result.warnings;
}

TEST_F(BadInputTest, NoiseInTheDarkShowsNoMoreThanBlack) {
  std::filesystem::create_directories(Path("pictures"));
  std::mt19937 random(5);
  for (int i = 0; i < 4; ++i) {
    std::string file = "P6\n32 32\n255\n";
    for (int k = 0; k < 3 * 32 * 32; ++k) file += static_cast<char>(random() % 3);
    WriteText(Path("pictures") / (std::to_string(i) + ".ppm"), file);
  }
  const BuildResult result = BuildOf(testing::SmallDetector());
  EXPECT_EQ(result.summary.at("judgement").at("verdict"), "not judged");
  EXPECT_TRUE(Contains(result.warnings, "2 of 2 calibration pictures are of one colour")) << result.warnings;
}

TEST_F(BadInputTest, MeanAndStdOfOtherPixelsAreWarnedOf) {
  const BuildResult result =
      BuildOf(testing::SmallDetector(), {{"mean", {0.5, 0.5, 0.5}}, {"std", {0.25, 0.25, 0.25}}});
  EXPECT_TRUE(Contains(result.warnings, "pixels from 0 to 1")) << result.warnings;
  EXPECT_TRUE(Contains(result.summary.at("warnings").dump(), "pixels from 0 to 1")) << result.summary.dump();
}

TEST_F(BadInputTest, PicturesGivenAsFloatsAreJudged) {
  std::filesystem::create_directories(Path("pictures"));
  std::mt19937 random(3);
  for (int i = 0; i < 4; ++i) {
    std::vector<float> values(3 * 32 * 32);
    for (float& value : values) value = static_cast<float>(random() % 256) / 255.0F;
    const std::vector<uint8_t> file =
        input::MakeNpy("f32", {1, 3, 32, 32}, values.data(), values.size() * sizeof(float));
    WriteText(Path("pictures") / (std::to_string(i) + ".npy"), std::string(file.begin(), file.end()));
  }
  const BuildResult result = BuildOf(testing::SmallDetector());
  EXPECT_EQ(result.summary.at("judgement").at("verdict"), "good") << result.warnings;
  EXPECT_EQ(result.summary.at("judgement").at("pictures").size(), 2U);
}

TEST_F(BadInputTest, PlainInputsOfOneValueAreWarnedOf) {
  const BuildResult zeros = BuildOfPlain({0.0F, 0.0F, 0.0F, 0.0F});
  EXPECT_TRUE(Contains(zeros.warnings, "calibration files all values are the same")) << zeros.warnings;
  const BuildResult numbers = BuildOfPlain({1.0F, 2.0F, -1.0F, 0.5F});
  EXPECT_FALSE(Contains(numbers.warnings, "all values are the same")) << numbers.warnings;
  EXPECT_FALSE(Contains(numbers.warnings, "has values up to")) << numbers.warnings;
}

TEST_F(BadInputTest, AFileFarLargerThanTheOthersIsNamed) {
  const BuildResult result = BuildOfPlain({1.0F, 1e6F, 2.0F, 0.5F});
  EXPECT_TRUE(Contains(result.warnings, "1.npy has values up to 8e+06")) << result.warnings;
}

TEST_F(BadInputTest, InfinityIsBlamedOnItsNode) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  const graph::TensorId large = net.Add("Mul", {x, net.Floats({1, 3, 1, 1}, {5e3F, 5e3F, 5e3F})});
  const graph::TensorId infinite = net.Add("Exp", {large});
  const std::string refusal = RefusalOf(net.Finish({net.Add("Relu", {net.Conv(infinite, 3, 4, 1)})}));
  EXPECT_TRUE(Contains(refusal, "not finite")) << refusal;
  EXPECT_TRUE(Contains(refusal, "Exp_1")) << refusal;
  EXPECT_FALSE(Contains(refusal, "Conv")) << refusal;
}

// In front of a table the calibration sees the value before it alone.
TEST_F(BadInputTest, ARangeBeyondFloatsIsBlamedOnItsNode) {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  const graph::TensorId large = net.Add("Mul", {net.Conv(x, 3, 4, 1), net.Scalar(1e4F)});
  const std::string refusal = RefusalOf(net.Finish({net.Add("Sigmoid", {net.Add("Exp", {large})})}));
  EXPECT_TRUE(Contains(refusal, "float32") || Contains(refusal, "not finite")) << refusal;
  EXPECT_TRUE(Contains(refusal, "Exp_2")) << refusal;
}

// The first convolution's last two channels are dead; the second's weights are all 0, it gives its bias.
graph::Graph WithDeadChannels() {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  std::vector<float> weights(12, 0.5F);
  for (size_t i = 6; i < 12; ++i) weights[i] = 0.0F;
  const graph::TensorId some = net.Add("Conv", {x, net.Floats({4, 3, 1, 1}, weights)});
  const graph::TensorId none =
      net.Add("Conv", {some, net.Floats({2, 4, 1, 1}, std::vector<float>(8, 0.0F)), net.Floats({2}, {0.25F, 0.25F})});
  return net.Finish({some, net.Add("Sigmoid", {none})});
}

TEST_F(BadInputTest, DeadChannelsAndConstantActivationsAreNamed) {
  const BuildResult result = BuildOf(WithDeadChannels(), {{"precision", "int8"}});
  const std::string warnings = result.summary.at("warnings").dump();
  EXPECT_TRUE(Contains(warnings, "dead channels: 2 of 4 output channels of node \\\"Conv_0\\\"")) << warnings;
  EXPECT_TRUE(Contains(warnings, "dead channels: 2 of 2 output channels of node \\\"Conv_1\\\"")) << warnings;
  EXPECT_TRUE(Contains(warnings, "constant activation: tensor \\\"Conv_1\\\"")) << warnings;
  EXPECT_TRUE(Contains(warnings, " is 0.25 everywhere")) << warnings;
}

TEST_F(BadInputTest, NothingIsSaidOfAnOrdinaryNetwork) {
  EXPECT_TRUE(BuildOf(testing::SmallDetector()).summary.at("warnings").empty());
}

}  // namespace
}  // namespace lockstep::compiler
