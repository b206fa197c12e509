#include "input/decode.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "graph/error.h"
#include "input/picture_structure.h"

namespace lockstep::input {
namespace {

// OpenCV prints what it also returns; our error is the one line that the user shall see.
void SilenceOpenCv() { cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT); }

}  // namespace

cv::Mat DecodePicture(const std::string& path) {
  SilenceOpenCv();
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw BadInput(path + ": cannot be opened");
  std::vector<char> file{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (file.empty()) throw BadInput(path + ": the file is empty; replace or remove it");
  if (IsCutShort(reinterpret_cast<const uint8_t*>(file.data()), file.size())) {
    throw BadInput(path + ": the picture is cut short; replace or remove it");
  }
  cv::Mat picture;
  try {
    picture = cv::imdecode(cv::Mat(1, static_cast<int>(file.size()), CV_8UC1, file.data()), cv::IMREAD_COLOR);
  } catch (const cv::Exception&) {
    picture.release();
  }
  if (picture.empty()) throw BadInput(path + ": is damaged or no picture; replace or remove it");
  return picture;
}

cv::VideoCapture OpenVideo(const std::string& path) {
  SilenceOpenCv();
  cv::VideoCapture video(path, cv::CAP_FFMPEG);
  if (!video.isOpened()) throw BadInput(path + ": is damaged or no video; replace or remove it");
  return video;
}

}  // namespace lockstep::input
