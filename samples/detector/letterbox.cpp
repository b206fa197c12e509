#include "letterbox.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace detector {

Letterbox FitPicture(cv::Size picture, cv::Size network) {
  Letterbox letterbox;
  letterbox.picture = picture;
  letterbox.scale = std::min(static_cast<double>(network.width) / picture.width,
                             static_cast<double>(network.height) / picture.height);
  letterbox.pad_x = (network.width - static_cast<int>(std::lround(picture.width * letterbox.scale))) / 2;
  letterbox.pad_y = (network.height - static_cast<int>(std::lround(picture.height * letterbox.scale))) / 2;
  return letterbox;
}

std::vector<uint8_t> NetworkInput(const cv::Mat& picture, const Letterbox& letterbox, cv::Size network) {
  const cv::Size inner(static_cast<int>(std::lround(picture.cols * letterbox.scale)),
                       static_cast<int>(std::lround(picture.rows * letterbox.scale)));
  cv::Mat resized;
  cv::resize(picture, resized, inner, 0, 0, cv::INTER_LINEAR);
  cv::Mat boxed(network, CV_8UC3, cv::Scalar(114, 114, 114));
  resized.copyTo(boxed(cv::Rect(cv::Point(letterbox.pad_x, letterbox.pad_y), inner)));
  cv::Mat rgb;
  cv::cvtColor(boxed, rgb, cv::COLOR_BGR2RGB);
  return {rgb.datastart, rgb.dataend};
}

cv::Rect2f ToPicture(const cv::Rect2f& box, const Letterbox& letterbox) {
  const auto scale = static_cast<float>(letterbox.scale);
  const cv::Rect2f mapped((box.x - static_cast<float>(letterbox.pad_x)) / scale,
                          (box.y - static_cast<float>(letterbox.pad_y)) / scale, box.width / scale, box.height / scale);
  return mapped & cv::Rect2f(cv::Point2f(0, 0), cv::Size2f(letterbox.picture));
}

}  // namespace detector
