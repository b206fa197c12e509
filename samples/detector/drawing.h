// Boxes with their names on a picture, and pictures beside each other.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "yolov8.h"

namespace detector {

// A copy of the picture with the boxes (in its pixels) and a title bar above it. Small pictures are drawn larger.
cv::Mat DrawDetections(const cv::Mat& picture, const std::vector<Box>& boxes, const std::vector<std::string>& names,
                       const std::string& title);

// From left to right; all have the same height.
cv::Mat SideBySide(const std::vector<cv::Mat>& pictures);

}  // namespace detector
