// Networks whose BatchNormalization was made for known pictures, and expected outputs of known orders.
#include "checklist/check_input.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "engine/float/node_by_node.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "input/model_input.h"
#include "input/npy.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::checklist {
namespace {

constexpr int kSide = 32;

class CheckInputTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    cv::Mat small(8, 8, CV_8UC3);
    cv::RNG random(5);
    random.fill(small, cv::RNG::UNIFORM, 0, 256);
    cv::Mat picture;
    cv::resize(small, picture, cv::Size(50, 37), 0, 0, cv::INTER_CUBIC);
    // Red is what there is much of.
    cv::Mat planes[3];
    cv::split(picture, planes);
    planes[0] = planes[0] / 4;
    cv::merge(planes, 3, picture);
    cv::imwrite(Path("p.png").string(), picture);
    given_.data = {{"", Path("p.png").string()}};
    given_.model = Path("net.onnx");
    given_.runner.threads = 1;
    given_.runner.inputs.picture.resize = quantize::InputPreprocess::Resize::kStretch;
    given_.runner.inputs.mean_given = given_.runner.inputs.std_given = true;
    SetNormalisation({123.675F, 116.28F, 103.53F}, {58.395F, 57.12F, 57.375F});
  }

  void SetNormalisation(const std::vector<float>& mean, const std::vector<float>& std) {
    given_.runner.inputs.picture.mean = mean;
    given_.runner.inputs.picture.std = std;
  }

  // A convolution, what its channels are on this picture as the settings now say, and a head.
  void WriteNetwork(bool batch_norm, float offset = 0.0F) {
    testing::SmallGraph made;
    const graph::TensorId x = made.Input("images", {1, 3, kSide, kSide});
    graph::TensorId y = made.Conv(x, 3, 6, 3);
    if (batch_norm) {
      testing::SmallGraph front;
      front.Conv(front.Input("images", {1, 3, kSide, kSide}), 3, 6, 3);
      const graph::TensorId last = front.graph.Find(front.graph.tensor(front.graph.nodes.back().outputs[0]).name);
      const graph::Graph graph = front.Finish({last});
      importer::ExportOnnx(graph, Path("front.onnx").string());
      ModelAndData first = given_;
      first.model = Path("front.onnx");
      const PictureInput input = FindPictureInput(first);
      FloatNetwork network(first, input, {});
      const Tensors outputs = network.Run(network.inputs().at("images").data);
      const std::vector<float>& values = outputs.begin()->second.data;
      std::vector<float> means;
      std::vector<float> variances;
      const size_t plane = values.size() / 6;
      for (size_t c = 0; c < 6; ++c) {
        double sum = 0.0, squares = 0.0;
        for (size_t i = 0; i < plane; ++i) {
          const double value = static_cast<double>(values[c * plane + i]);
          sum += value;
          squares += value * value;
        }
        const double mean = sum / static_cast<double>(plane);
        means.push_back(static_cast<float>(mean));
        variances.push_back(static_cast<float>(squares / static_cast<double>(plane) - mean * mean));
      }
      y = made.Add("BatchNormalization",
                   {y, made.Floats({6}, std::vector<float>(6, 1.0F)), made.Floats({6}, std::vector<float>(6, 0.0F)),
                    made.Floats({6}, means), made.Floats({6}, variances)});
    }
    y = made.Add("Relu", {y});
    y = made.Add("GlobalAveragePool", {made.Conv(y, 6, 10, 3)});
    if (offset != 0.0F) y = made.Add("Add", {y, made.Scalar(offset)});
    importer::ExportOnnx(made.Finish({y}), Path("net.onnx").string());
  }

  // The network's output for the picture in this colour order.
  void WriteExpected(quantize::InputPreprocess::Color color) {
    ModelAndData other = given_;
    other.runner.inputs.picture.color = color;
    const PictureInput input = FindPictureInput(other);
    FloatNetwork network(other, input, {});
    const engine::FloatTensor output = network.Run(network.inputs().at("images").data).begin()->second;
    const auto npy = input::MakeNpy("f32", output.shape, output.data.data(), output.data.size() * sizeof(float));
    WriteText(Path("expected.npy"), {npy.begin(), npy.end()});
  }

  Stage Check(bool expected = false) {
    return CheckInput(given_, FindPictureInput(given_), expected ? Path("expected.npy") : std::filesystem::path());
  }

  ModelAndData given_;
};

TEST_F(CheckInputTest, AnExpectedOutputDecides) {
  WriteNetwork(false);
  WriteExpected(quantize::InputPreprocess::Color::kRgb);
  const Stage good = Check(true);
  EXPECT_EQ(good.standing, Standing::kGood) << good.verdict;
  WriteExpected(quantize::InputPreprocess::Color::kBgr);
  const Stage swapped = Check(true);
  EXPECT_EQ(swapped.standing, Standing::kBad) << swapped.verdict;
  EXPECT_NE(swapped.verdict.find(", no error with: red and blue swapped"), std::string::npos) << swapped.verdict;
  WriteExpected(quantize::InputPreprocess::Color::kRgb);
  SetNormalisation({0.0F}, {255.0F});
  const Stage raw = Check(true);
  EXPECT_EQ(raw.standing, Standing::kBad) << raw.verdict;
  EXPECT_NE(raw.verdict.find("with: pixels as ImageNet"), std::string::npos) << raw.verdict;
}

// As coordinates are, whose cosine is near 1 for every input.
TEST_F(CheckInputTest, AnExpectedOutputOfLargeNumbersDecidesToo) {
  WriteNetwork(false, 600.0F);
  WriteExpected(quantize::InputPreprocess::Color::kRgb);
  EXPECT_EQ(Check(true).standing, Standing::kGood);
  WriteExpected(quantize::InputPreprocess::Color::kBgr);
  const Stage swapped = Check(true);
  EXPECT_EQ(swapped.standing, Standing::kBad) << swapped.verdict;
  EXPECT_NE(swapped.verdict.find("red and blue swapped"), std::string::npos) << swapped.verdict;
}

TEST_F(CheckInputTest, ANetworksOwnStatisticsTellMeanAndStd) {
  WriteNetwork(true);
  const Stage good = Check();
  EXPECT_EQ(good.standing, Standing::kGood) << good.verdict;
  SetNormalisation({0.0F}, {1.0F});
  const Stage raw = Check();
  EXPECT_EQ(raw.standing, Standing::kBad) << raw.verdict;
  EXPECT_NE(raw.verdict.find("with: pixels as ImageNet"), std::string::npos) << raw.verdict;
}

TEST_F(CheckInputTest, WithoutEvidenceNothingIsClaimed) {
  WriteNetwork(false);
  const Stage stage = Check();
  EXPECT_EQ(stage.standing, Standing::kUnclear) << stage.verdict;
  EXPECT_NE(stage.verdict.find("too weak"), std::string::npos) << stage.verdict;
  EXPECT_NE(stage.verdict.find("--expected"), std::string::npos) << stage.verdict;
}

TEST_F(CheckInputTest, WhatTheFileIs) {
  WriteNetwork(false);
  cv::imwrite(Path("p.png").string(), cv::Mat(20, 60, CV_8UC4, cv::Scalar(90, 90, 90, 128)));
  const Stage stage = Check();
  std::string findings;
  for (const std::string& finding : stage.findings) findings += finding + "\n";
  for (const char* word : {"is 60x20, 4 channels of 8 bits", "alpha channel", "it is grey",
                           "changes its proportions by 3", "32x32 RGB, stretched, mean 123.675"}) {
    EXPECT_NE(findings.find(word), std::string::npos) << word << "\n" << findings;
  }
}

TEST_F(CheckInputTest, AnExpectedOutputOfAnotherSizeIsRefused) {
  WriteNetwork(false);
  const std::vector<float> values(7, 1.0F);
  const auto npy = input::MakeNpy("f32", {7}, values.data(), values.size() * sizeof(float));
  WriteText(Path("expected.npy"), {npy.begin(), npy.end()});
  EXPECT_THROW(Check(true), BadInput);
  given_.data = {{"", Path("expected.npy").string()}};
  EXPECT_THROW(FindPictureInput(given_), Error);
}

}  // namespace
}  // namespace lockstep::checklist
