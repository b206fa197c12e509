// Whole evaluations on networks made by code whose answers are known.
#include "evaluate/evaluate.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "graph/error.h"
#include "import/onnx_export.h"
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
