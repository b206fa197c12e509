#include "support/small_detector.h"

#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <random>

#include "support/small_graph.h"

namespace lockstep::testing {
namespace {

using graph::TensorId;

// Conv, Sigmoid, Mul: what exporters write for SiLU.
TensorId ConvSilu(SmallGraph& net, TensorId x, int64_t in, int64_t out, int64_t kernel, int64_t stride = 1) {
  const int64_t pad = kernel / 2;
  const TensorId y =
      net.Conv(x, in, out, kernel,
               {{"pads", std::vector<int64_t>{pad, pad, pad, pad}}, {"strides", std::vector<int64_t>{stride, stride}}});
  return net.Add("Mul", {y, net.Add("Sigmoid", {y})});
}

// Boxes and class scores of one scale, flattened: 1 x 8 x cells.
TensorId Head(SmallGraph& net, TensorId x, int64_t channels, int64_t cells) {
  const TensorId boxes = net.Conv(ConvSilu(net, x, channels, 8, 3), 8, 4, 1);
  const TensorId scores = net.Conv(ConvSilu(net, x, channels, 8, 3), 8, 4, 1);
  return net.Add("Reshape", {net.Add("Concat", {boxes, scores}, {{"axis", int64_t{1}}}), net.Ints({1, 8, cells})});
}

}  // namespace

graph::Graph SmallDetector() {
  SmallGraph net;
  net.graph.name = "small_detector";
  const TensorId image = net.Input("images", {1, 3, 32, 32});
  const TensorId stem = ConvSilu(net, image, 3, 8, 3, 2);
  const TensorId wide = ConvSilu(net, stem, 8, 16, 1);
  const auto halves = net.AddMany("Split", {wide, net.Ints({8, 8})}, 2, {{"axis", int64_t{1}}});
  const TensorId deep = net.Add("Add", {halves[1], ConvSilu(net, halves[1], 8, 8, 3)});
  const TensorId joined =
      ConvSilu(net, net.Add("Concat", {halves[0], halves[1], deep}, {{"axis", int64_t{1}}}), 24, 16, 1);
  const TensorId pooled = net.Add("MaxPool", {joined},
                                  {{"kernel_shape", std::vector<int64_t>{5, 5}},
                                   {"pads", std::vector<int64_t>{2, 2, 2, 2}},
                                   {"strides", std::vector<int64_t>{1, 1}}});
  const TensorId down = ConvSilu(net, net.Add("Concat", {joined, pooled}, {{"axis", int64_t{1}}}), 32, 16, 3, 2);
  const TensorId up = net.Add("Resize", {down, graph::kNoTensor, net.Floats({4}, {1, 1, 2, 2})},
                              {{"mode", std::string("nearest")},
                               {"coordinate_transformation_mode", std::string("asymmetric")},
                               {"nearest_mode", std::string("floor")}});
  const TensorId large = ConvSilu(net, net.Add("Concat", {up, joined}, {{"axis", int64_t{1}}}), 32, 16, 3);
  const TensorId smallest = net.Add("AveragePool", {down},
                                    {{"kernel_shape", std::vector<int64_t>{3, 3}},
                                     {"pads", std::vector<int64_t>{1, 1, 1, 1}},
                                     {"strides", std::vector<int64_t>{2, 2}}});
  const TensorId all =
      net.Add("Concat", {Head(net, large, 16, 256), Head(net, down, 16, 64), Head(net, smallest, 16, 16)},
              {{"axis", int64_t{2}}});
  const auto parts = net.AddMany("Split", {all, net.Ints({4, 4})}, 2, {{"axis", int64_t{1}}});
  const TensorId boxes = net.Add("Mul", {parts[0], net.Scalar(32.0F)});
  const TensorId output = net.Add("Concat", {boxes, net.Add("Sigmoid", {parts[1]})}, {{"axis", int64_t{1}}});
  return net.Finish({output});
}

graph::Graph SmallMobileNetwork() {
  SmallGraph net;
  net.graph.name = "small_mobile";
  constexpr int64_t kWide = 24;
  const auto heavy = [](int64_t channel) { return channel % 6 == 0 ? 100.0F : 1.0F; };
  // Of the tensor that is read or written the channels are heavy; the next convolution makes up for it.
  const auto conv = [&](TensorId x, int64_t in, int64_t out, int64_t kernel, int64_t groups, bool makes, bool reads) {
    const int64_t per_output = in / groups * kernel * kernel;
    std::vector<float> weights = NormalWeights(static_cast<size_t>(out * per_output), static_cast<uint32_t>(out + in));
    for (size_t i = 0; i < weights.size(); ++i) {
      const int64_t channel = static_cast<int64_t>(i) / per_output;
      weights[i] *= 2.0F / std::sqrt(static_cast<float>(per_output));
      if (makes) weights[i] *= heavy(channel) / 10.0F;
      if (reads) weights[i] *= 10.0F / heavy(channel);
    }
    const int64_t pad = kernel / 2;
    return net.Add("Conv", {x, net.Floats({out, in / groups, kernel, kernel}, weights)},
                   {{"group", groups}, {"pads", std::vector<int64_t>{pad, pad, pad, pad}}});
  };
  TensorId x = ConvSilu(net, net.Input("images", {1, 3, 32, 32}), 3, 8, 3, 4);
  for (const char* function : {"ReLU6", "SiLU", "HardSwish"}) {
    const TensorId wide = conv(x, 8, kWide, 1, 1, true, false);
    TensorId y = graph::kNoTensor;
    if (std::string(function) == "ReLU6") y = net.Add("Clip", {wide, net.Scalar(0.0F), net.Scalar(6.0F)});
    if (std::string(function) == "SiLU") y = net.Add("Mul", {wide, net.Add("Sigmoid", {wide})});
    if (std::string(function) == "HardSwish") y = net.Add("HardSwish", {wide});
    x = conv(conv(y, kWide, kWide, 3, kWide, false, true), kWide, 8, 1, 1, false, false);
  }
  return net.Finish({net.Conv(x, 8, 6, 1)});
}

void WritePictures(const std::filesystem::path& folder, int count, int seed) {
  std::filesystem::create_directories(folder);
  std::mt19937 random(static_cast<unsigned>(seed));
  const auto any = [&](int low, int high) {
    return low + static_cast<int>(random() % static_cast<unsigned>(high - low));
  };
  for (int i = 0; i < count; ++i) {
    cv::Mat picture(any(24, 60), any(24, 60), CV_8UC3);
    for (int y = 0; y < picture.rows; ++y) {
      for (int x = 0; x < picture.cols; ++x) {
        picture.at<cv::Vec3b>(y, x) =
            cv::Vec3b(static_cast<uint8_t>(x * 255 / picture.cols), static_cast<uint8_t>(y * 255 / picture.rows),
                      static_cast<uint8_t>((x + y) * 4));
      }
    }
    for (int block = 0; block < 4; ++block) {
      const cv::Scalar colour(any(0, 256), any(0, 256), any(0, 256));
      cv::rectangle(picture, cv::Rect(any(0, 15), any(0, 15), any(3, 20), any(3, 20)), colour, cv::FILLED);
    }
    cv::imwrite((folder / ("picture_" + std::to_string(i) + ".png")).string(), picture);
  }
}

void WriteUniformPictures(const std::filesystem::path& folder, int count, int height) {
  std::filesystem::create_directories(folder);
  for (int i = 0; i < count; ++i) {
    const cv::Mat picture(height, 32, CV_8UC3, cv::Scalar(0, 0, 0));
    cv::imwrite((folder / ("picture_" + std::to_string(i) + ".png")).string(), picture);
  }
}

}  // namespace lockstep::testing
