// Pictures in files. Errors are std::runtime_error, one line that says what to do.
#pragma once

#include <opencv2/core.hpp>
#include <string>

namespace detector {

cv::Mat ReadPicture(const std::string& path);

// Throws where WritePicture could only fail: it is cheaper to hear of it before the network runs.
void RequireWritablePicture(const std::string& path);

// The file appears under its name whole or not at all.
void WritePicture(const std::string& path, const cv::Mat& picture);

}  // namespace detector
