// OpenCV's decoders, kept quiet. For this room's source files: no other header of ours shows OpenCV.
#pragma once

#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <string>

namespace lockstep::input {

// Three channels in BGR order, turned upright as the file says. Throws BadInput naming the file.
cv::Mat DecodePicture(const std::string& path);

// Throws BadInput naming the file if it is no video.
cv::VideoCapture OpenVideo(const std::string& path);

}  // namespace lockstep::input
