// Fits a picture into the network's square without changing its proportions, and finds the way back.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

namespace detector {

// x_network = x_picture * scale + pad_x, likewise y.
struct Letterbox {
  double scale = 1.0;
  int pad_x = 0;
  int pad_y = 0;
  cv::Size picture;
};

// The paddings are grey on both sides, the odd pixel behind.
Letterbox FitPicture(cv::Size picture, cv::Size network);

// RGB bytes, H,W,C, from a BGR picture as OpenCV reads it.
std::vector<uint8_t> NetworkInput(const cv::Mat& picture, const Letterbox& letterbox, cv::Size network);

// A rectangle of the network's input in the picture's pixels, cut at its borders.
cv::Rect2f ToPicture(const cv::Rect2f& box, const Letterbox& letterbox);

}  // namespace detector
