// YOLOv8n on photographs: the float engine against ONNX Runtime.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "engine/float/float_engine.h"
#include "import/onnx_import.h"
#include "onnx_runtime.h"
#include "optimize/optimize.h"

namespace lockstep::oracle {
namespace {

constexpr int kSide = 640;
constexpr double kTolerance = 1e-3;

// The picture scaled to fit 640x640 on grey, RGB in 0..1, planar.
engine::FloatTensor LoadPicture(const std::string& name) {
  const std::string path = Fetch("fetch_pictures.sh") + "/" + name;
  const cv::Mat picture = cv::imread(path, cv::IMREAD_COLOR);
  if (picture.empty()) throw std::runtime_error("cannot read " + path);
  const double scale = static_cast<double>(kSide) / std::max(picture.cols, picture.rows);
  cv::Mat scaled;
  cv::resize(picture, scaled, {}, scale, scale, cv::INTER_LINEAR);
  cv::Mat square(kSide, kSide, CV_8UC3, cv::Scalar(114, 114, 114));
  scaled.copyTo(square(cv::Rect((kSide - scaled.cols) / 2, (kSide - scaled.rows) / 2, scaled.cols, scaled.rows)));
  engine::FloatTensor tensor{{1, 3, kSide, kSide}, {}};
  for (int channel = 2; channel >= 0; --channel) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        tensor.data.push_back(static_cast<float>(square.at<cv::Vec3b>(y, x)[channel]) / 255.0F);
      }
    }
  }
  return tensor;
}

class Yolov8n : public testing::TestWithParam<std::string> {};

// Within 1e-3 absolute up to 1 and 1e-3 relative above: box coordinates go up to 640, where one float carries 6e-5 and
// the rounding of 63 convolutions differs by some 1e-3 between any two engines.
void ExpectClose(const engine::FloatTensor& ours, const engine::FloatTensor& theirs, const std::string& what) {
  ASSERT_EQ(ours.shape, theirs.shape) << what;
  double worst_absolute = 0.0;
  double worst_relative = 0.0;  // of values from 1e-3 on
  size_t bad = 0;
  size_t first_bad = 0;
  for (size_t i = 0; i < ours.data.size(); ++i) {
    const double expected = std::abs(theirs.data[i]);
    const double difference = std::abs(static_cast<double>(ours.data[i]) - theirs.data[i]);
    worst_absolute = std::max(worst_absolute, difference);
    if (expected >= kTolerance) worst_relative = std::max(worst_relative, difference / expected);
    if (!(difference <= kTolerance * std::max(1.0, expected)) && bad++ == 0) first_bad = i;
  }
  std::printf("%s: largest difference %.3g absolute, %.3g relative\n", what.c_str(), worst_absolute, worst_relative);
  EXPECT_LE(worst_relative, kTolerance) << what;
  EXPECT_EQ(bad, 0U) << what << ": first at element " << first_bad << " of " << graph::ToString(ours.shape) << ": "
                     << ours.data[first_bad] << " instead of " << theirs.data[first_bad];
}

TEST_P(Yolov8n, AgreesWithOnnxRuntime) {
  const std::string model = Fetch("fetch_model.sh");
  const std::map<std::string, engine::FloatTensor> inputs = {{"images", LoadPicture(GetParam())}};
  const engine::FloatTensor expected = RunOnnxRuntime(model, inputs).outputs.at("output0");
  graph::Graph graph = importer::ImportOnnx(model, {});
  ExpectClose(engine::FloatEngine(graph, {}).Run(inputs).at("output0"), expected, GetParam() + ", as imported");
  optimize::Optimize(graph);
  ExpectClose(engine::FloatEngine(graph, {}).Run(inputs).at("output0"), expected, GetParam() + ", optimised");
}

INSTANTIATE_TEST_SUITE_P(Photographs, Yolov8n, testing::Values("messi5.jpg", "fruits.jpg", "home.jpg"),
                         [](const auto& suite) { return suite.param.substr(0, suite.param.find('.')); });

}  // namespace
}  // namespace lockstep::oracle
