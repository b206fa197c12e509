#include "picture_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

namespace detector {
namespace {

namespace fs = std::filesystem;

// OpenCV prints what it also returns; our error is the one line that the user shall see.
void SilenceOpenCv() { cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT); }

[[noreturn]] void FailToWrite(const std::string& path, int error) {
  throw std::runtime_error("cannot write " + path + ": " + std::strerror(error) +
                           "; name a file in a folder with space that you may write to");
}

}  // namespace

cv::Mat ReadPicture(const std::string& path) {
  SilenceOpenCv();
  if (fs::is_directory(path)) throw std::runtime_error("cannot read " + path + ": it is a folder; name a picture");
  if (!std::ifstream(path)) {
    throw std::runtime_error("cannot read " + path + ": " + std::strerror(errno) + "; check the path of the picture");
  }
  cv::Mat picture;
  try {
    picture = cv::imread(path, cv::IMREAD_COLOR);
  } catch (const cv::Exception&) {
    picture.release();
  }
  if (picture.empty()) throw std::runtime_error(path + " is damaged or no picture; give another");
  return picture;
}

void RequireWritablePicture(const std::string& path) {
  SilenceOpenCv();
  if (fs::is_directory(path)) throw std::runtime_error("cannot write " + path + ": it is a folder; name a file");
  if (!cv::haveImageWriter(path)) {
    throw std::runtime_error("cannot write " + path + ": its ending names no kind of picture; use .png or .jpg");
  }
  const fs::path folder = fs::path(path).parent_path();
  if (access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) FailToWrite(path, errno);
}

void WritePicture(const std::string& path, const cv::Mat& picture) {
  std::vector<uchar> bytes;
  if (!cv::imencode(fs::path(path).extension().string(), picture, bytes)) {
    throw std::runtime_error("cannot write " + path + ": OpenCV cannot encode it; use .png or .jpg");
  }
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file || std::rename(part.c_str(), path.c_str()) != 0) {
    const int error = errno;
    std::remove(part.c_str());
    FailToWrite(path, error);
  }
}

}  // namespace detector
