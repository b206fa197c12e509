#include "drawing.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <opencv2/imgproc.hpp>

namespace detector {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr double kFontScale = 0.5;
constexpr int kTitleHeight = 36;
constexpr int kLeastWidth = 720;

cv::Scalar ColourOf(int label) {
  static const std::array<cv::Scalar, 7> kColours = {
      {{56, 56, 235}, {50, 160, 20}, {220, 110, 20}, {20, 140, 240}, {180, 40, 150}, {150, 140, 0}, {0, 90, 160}}};
  return kColours[static_cast<size_t>(label) % kColours.size()];
}

std::string Caption(const Box& box, const std::vector<std::string>& names) {
  const auto label = static_cast<size_t>(box.label);
  std::array<char, 16> confidence{};
  std::snprintf(confidence.data(), confidence.size(), " %.2f", static_cast<double>(box.confidence));
  return (label < names.size() ? names[label] : "class " + std::to_string(box.label)) + confidence.data();
}

void DrawBox(cv::Mat& canvas, const cv::Rect& rectangle, const std::string& caption, const cv::Scalar& colour) {
  cv::rectangle(canvas, rectangle, colour, 2, cv::LINE_AA);
  int baseline = 0;
  const cv::Size text = cv::getTextSize(caption, kFont, kFontScale, 1, &baseline);
  const int top = std::max(kTitleHeight, rectangle.y - text.height - 8);
  const int left = std::clamp(rectangle.x, 0, std::max(0, canvas.cols - text.width - 6));
  cv::rectangle(canvas, cv::Rect(left, top, text.width + 6, text.height + 8), colour, cv::FILLED);
  cv::putText(canvas, caption, cv::Point(left + 3, top + text.height + 3), kFont, kFontScale, cv::Scalar::all(255), 1,
              cv::LINE_AA);
}

}  // namespace

cv::Mat DrawDetections(const cv::Mat& picture, const std::vector<Box>& boxes, const std::vector<std::string>& names,
                       const std::string& title) {
  const double zoom = std::max(1.0, static_cast<double>(kLeastWidth) / picture.cols);
  cv::Mat large;
  cv::resize(picture, large, cv::Size(), zoom, zoom, cv::INTER_CUBIC);
  cv::Mat canvas;
  cv::copyMakeBorder(large, canvas, kTitleHeight, 0, 0, 0, cv::BORDER_CONSTANT, cv::Scalar(45, 36, 30));
  cv::putText(canvas, title, cv::Point(10, 24), kFont, 0.6, cv::Scalar::all(255), 1, cv::LINE_AA);
  for (auto box = boxes.rbegin(); box != boxes.rend(); ++box) {
    const cv::Rect rectangle(cvRound(box->rectangle.x * zoom), cvRound(box->rectangle.y * zoom) + kTitleHeight,
                             cvRound(box->rectangle.width * zoom), cvRound(box->rectangle.height * zoom));
    DrawBox(canvas, rectangle, Caption(*box, names), ColourOf(box->label));
  }
  return canvas;
}

cv::Mat SideBySide(const std::vector<cv::Mat>& pictures) {
  cv::Mat all;
  for (const cv::Mat& picture : pictures) {
    if (all.empty()) {
      all = picture.clone();
      continue;
    }
    cv::Mat gap;
    cv::copyMakeBorder(picture, gap, 0, 0, 4, 0, cv::BORDER_CONSTANT, cv::Scalar::all(255));
    cv::hconcat(all, gap, all);
  }
  return all;
}

}  // namespace detector
