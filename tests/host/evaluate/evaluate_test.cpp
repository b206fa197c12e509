// Whole evaluations on networks made by code whose answers are known.
#include "evaluate/evaluate.h"

#include <gtest/gtest.h>

#include <cstring>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "files/output_file.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "input/npy.h"
#include "known_networks.h"
#include "support/temporary_test_folder.h"

namespace lockstep::evaluate {
namespace {

const cv::Scalar kRed(0, 0, 255);  // BGR
const cv::Scalar kGreen(0, 255, 0);
const cv::Scalar kBlue(255, 0, 0);

class EvaluateTest : public testing::FolderTest {
 protected:
  std::string P(const std::string& name) const { return Path(name).string(); }

  void WritePicture(const std::string& name, const cv::Mat& picture) const {
    std::filesystem::create_directories(Path(name).parent_path());
    ASSERT_TRUE(cv::imwrite(P(name), picture));
  }

  EvaluateOptions Options(const std::string& task, const std::string& labels) const {
    EvaluateOptions options;
    options.model = Path("net.onnx");
    options.task = task;
    options.images = P("i");
    options.labels = labels.empty() ? "" : P(labels);
    options.threads = 2;
    return options;
  }

  // Red, green, blue and blue; the last is labelled red.
  void MakeClassifierCase() const {
    importer::ExportOnnx(testing::ColourClassifier(), P("net.onnx"));
    WritePicture("i/0_a.png", cv::Mat(16, 16, CV_8UC3, kRed));
    WritePicture("i/1_b.png", cv::Mat(16, 16, CV_8UC3, kGreen));
    WritePicture("i/2_c.png", cv::Mat(16, 16, CV_8UC3, kBlue));
    WritePicture("i/0_d.png", cv::Mat(16, 16, CV_8UC3, kBlue));
  }

  // Two pictures of 64x32 (a letterbox halves them and adds borders): a red block at the left, one at the right that is
  // blue as well, and one block in the middle of the second picture.
  void MakeDetectorCase() const {
    importer::ExportOnnx(testing::RedBlocks(), P("net.onnx"));
    cv::Mat first(32, 64, CV_8UC3, cv::Scalar(0, 0, 0));
    cv::rectangle(first, cv::Rect(0, 0, 16, 16), kRed, cv::FILLED);
    cv::rectangle(first, cv::Rect(48, 16, 16, 16), cv::Scalar(255, 0, 255), cv::FILLED);
    WritePicture("i/a.png", first);
    WriteText(Path("l/a.txt"), "0 0.125 0.25 0.25 0.5\n1 0.875 0.75 0.25 0.5\n");
    cv::Mat second(32, 64, CV_8UC3, cv::Scalar(0, 0, 0));
    cv::rectangle(second, cv::Rect(16, 16, 16, 16), kRed, cv::FILLED);
    WritePicture("i/b.png", second);
    WriteText(Path("l/b.txt"), "0 0.375 0.75 0.25 0.5\n");
  }
};

const auto kIgnore = [](int, int) {};

double ValueOf(const Metrics& metrics, const std::string& name) {
  for (const Metric& metric : metrics) {
    if (metric.name == name) return metric.value;
  }
  ADD_FAILURE() << "no metric " << name;
  return -1.0;
}

TEST_F(EvaluateTest, AClassifierIsRightThreeTimesOfFour) {
  MakeClassifierCase();
  const Evaluation result = Evaluate(Options("classify", ""), kIgnore);
  EXPECT_EQ(result.pictures, 4U);
  EXPECT_EQ(ValueOf(result.metrics, "top1"), 0.75);
  EXPECT_EQ(ValueOf(result.metrics, "top5"), 1.0);
  EXPECT_EQ(result.kept, 100.0) << "the float network is compared with itself";
  EXPECT_EQ(result.kept_error, 0.0);
}

TEST_F(EvaluateTest, ADetectorFindsEveryBlockInEveryVariant) {
  MakeDetectorCase();
  EvaluateOptions options = Options("detect", "l");
  options.detect.head.name = "yolox";
  options.variants = {input::PictureVariant::kPlain, input::PictureVariant::kMirrored, input::PictureVariant::kHalf};
  const Evaluation result = Evaluate(options, kIgnore);
  ASSERT_EQ(result.variants.size(), 3U);
  for (const VariantMetrics& variant : result.variants) {
    EXPECT_NEAR(ValueOf(variant.metrics, "map50"), 1.0, 1e-12) << variant.variant;
    EXPECT_NEAR(ValueOf(variant.metrics, "map50_95"), 1.0, 1e-12) << variant.variant;
  }
  EXPECT_EQ(result.computed, 6U);
}

TEST_F(EvaluateTest, WrongLabelsCostWhatTheyMust) {
  MakeDetectorCase();
  WriteText(Path("l/b.txt"), "1 0.375 0.75 0.25 0.5\n");  // the block is found as class 0
  EvaluateOptions options = Options("detect", "l");
  options.detect.head.name = "yolox";
  const Evaluation result = Evaluate(options, kIgnore);
  // Class 0: one object, the right box first, of equal scores the earlier picture: 1. Class 1: one of two: 51 of 101.
  EXPECT_NEAR(ValueOf(result.metrics, "map50_95"), (1.0 + 51.0 / 101.0) / 2, 1e-12);
}

TEST_F(EvaluateTest, ARerunTakesOnlyWhatIsMissing) {
  MakeClassifierCase();
  EvaluateOptions options = Options("classify", "");
  options.state = Path("state");
  EXPECT_EQ(Evaluate(options, kIgnore).computed, 4U);
  const Evaluation again = Evaluate(options, kIgnore);
  EXPECT_EQ(again.computed, 0U);
  EXPECT_EQ(ValueOf(again.metrics, "top1"), 0.75);
  // A changed picture, a changed label, a setting of the input.
  WritePicture("i/0_d.png", cv::Mat(16, 16, CV_8UC3, cv::Scalar(0, 0, 200)));
  const Evaluation changed = Evaluate(options, kIgnore);
  EXPECT_EQ(changed.computed, 1U);
  EXPECT_EQ(ValueOf(changed.metrics, "top1"), 1.0);
  std::filesystem::rename(Path("i/0_d.png"), Path("i/1_d.png"));
  const Evaluation renamed = Evaluate(options, kIgnore);
  EXPECT_EQ(renamed.computed, 1U);
  EXPECT_EQ(ValueOf(renamed.metrics, "top1"), 0.75);
  options.runner.inputs.picture.color = quantize::InputPreprocess::Color::kBgr;
  const Evaluation exchanged = Evaluate(options, kIgnore);
  EXPECT_EQ(exchanged.computed, 4U);
  EXPECT_EQ(ValueOf(exchanged.metrics, "top1"), 0.25) << "red and blue are exchanged";
}

TEST_F(EvaluateTest, ADamagedPictureEndsItAndTheOthersAreKept) {
  MakeClassifierCase();
  WriteText(Path("i/2_e.png"), "no picture");
  EvaluateOptions options = Options("classify", "");
  options.state = Path("state");
  options.threads = 1;
  try {
    Evaluate(options, kIgnore);
    FAIL() << "a damaged picture was taken";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("2_e.png"), std::string::npos) << error.what();
  }
  std::filesystem::remove(Path("i/2_e.png"));
  EXPECT_EQ(Evaluate(options, kIgnore).computed, 0U) << "it is the last picture";
}

// What another program computes of the saved inputs, here the means of their channels by hand.
TEST_F(EvaluateTest, OutputsThatAnotherProgramComputed) {
  MakeClassifierCase();
  const graph::Graph network = testing::ColourClassifier();
  const std::string scores = "_" + network.tensor(network.outputs[0]).name;
  EvaluateOptions options = Options("classify", "");
  options.state = Path("state");
  options.variants = {input::PictureVariant::kPlain, input::PictureVariant::kMirrored};
  EXPECT_EQ(SaveInputs(options, Path("in"), kIgnore), 8U);
  for (const char* variant : {"plain", "mirror"}) {
    for (const char* name : {"0_a", "1_b", "2_c", "0_d"}) {
      const std::string file = std::string(variant) + "/" + name;
      const input::NpyArray array = input::ParseNpy(files::ReadFile(Path("in/" + file + ".npy")), file);
      ASSERT_EQ(array.dtype, "f32");
      ASSERT_EQ(array.shape, (graph::Shape{1, 3, 16, 16}));
      std::vector<float> values(array.bytes.size() / sizeof(float));
      std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
      std::vector<float> means(3, 0.0F);
      for (size_t i = 0; i < values.size(); ++i) means[i / 256] += values[i] / 256.0F;
      // The other program is wrong about the green picture: its answer is blue.
      if (name[0] == '1') std::swap(means[1], means[2]);
      const std::vector<uint8_t> npy = input::MakeNpy("f32", {1, 3}, means.data(), 3 * sizeof(float));
      if (variant[0] == 'p') files::WriteFile(Path("out/" + file + scores + ".npy"), npy.data(), npy.size());
      if (variant[0] == 'm') files::WriteFile(Path("out/" + file + scores + ".bin"), means.data(), 3 * sizeof(float));
    }
  }
  options.outputs = Path("out");
  const Evaluation result = Evaluate(options, kIgnore);
  EXPECT_EQ(result.engine, "outputs");
  EXPECT_EQ(result.computed, 0U) << "no engine ran";
  for (const VariantMetrics& variant : result.variants) {
    EXPECT_EQ(ValueOf(variant.metrics, "top1"), 0.5) << variant.variant;
    EXPECT_EQ(ValueOf(variant.float_metrics, "top1"), 0.75) << variant.variant;
  }
  EXPECT_NEAR(result.kept, 100.0 * 2 / 3, 1e-9);

  const auto expect_refused = [&](const std::vector<std::string>& parts) {
    try {
      Evaluate(options, kIgnore);
      ADD_FAILURE() << "outputs that do not fit were taken";
    } catch (const BadInput& error) {
      for (const std::string& part : parts) {
        EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << part << " in " << error.what();
      }
    }
  };
  WriteText(Path("out/mirror/0_d" + scores + ".bin"), "12345678");
  expect_refused({"mirror/0_d" + scores + ".bin", "12 bytes", "has 8"});
  std::filesystem::remove(Path("out/mirror/0_d" + scores + ".bin"));
  expect_refused({"mirror/0_d" + scores + ".bin", "--save-inputs"});
  const std::vector<uint8_t> npy = input::MakeNpy("f32", {3}, std::vector<float>(3).data(), 3 * sizeof(float));
  files::WriteFile(Path("out/mirror/0_d" + scores + ".npy"), npy.data(), npy.size());
  expect_refused({"mirror/0_d" + scores + ".npy", "1x3", "has f32 3"});
}

TEST_F(EvaluateTest, PicturesWhoseFilesWouldBeOne) {
  MakeClassifierCase();
  WritePicture("i/0_a.bmp", cv::Mat(16, 16, CV_8UC3, kRed));
  EvaluateOptions options = Options("classify", "");
  EXPECT_THROW(SaveInputs(options, Path("in"), kIgnore), UsageError);
  options.outputs = Path("out");
  EXPECT_THROW(Evaluate(options, kIgnore), UsageError);
}

TEST_F(EvaluateTest, ANetworkThatTheTaskDoesNotFit) {
  MakeClassifierCase();
  WriteText(Path("l/0_a.txt"), "0 .5 .5 .1 .1\n");
  EXPECT_THROW(Evaluate(Options("detect", "l"), kIgnore), UsageError);
  EXPECT_THROW(Evaluate(Options("segment", "l"), kIgnore), UsageError);
  EXPECT_THROW(Evaluate(Options("recognise", "l"), kIgnore), UsageError);
  WritePicture("i/7_z.png", cv::Mat(16, 16, CV_8UC3, kRed));
  try {
    Evaluate(Options("classify", ""), kIgnore);
    FAIL() << "class 7 of 3 was taken";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("7_z.png is labelled as class 7"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep::evaluate
