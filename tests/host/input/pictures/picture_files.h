// Pictures and folders that the tests make for themselves.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

namespace lockstep::input {

// A folder of its own, removed with the object.
class PictureFolder {
 public:
  explicit PictureFolder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / ("lockstep_" + name + "_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~PictureFolder() { std::filesystem::remove_all(path_); }
  PictureFolder(const PictureFolder&) = delete;
  PictureFolder& operator=(const PictureFolder&) = delete;

  std::string File(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// A picture whose colours depend on place and seed.
inline cv::Mat ColorfulPicture(int height, int width, int seed = 0) {
  cv::Mat picture(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture.at<cv::Vec3b>(y, x) =
          cv::Vec3b(static_cast<uint8_t>(x * 7 + seed), static_cast<uint8_t>(y * 5 + seed * 3),
                    static_cast<uint8_t>((x + y) * 3 + seed * 11));
    }
  }
  return picture;
}

inline std::vector<uint8_t> FileBytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

inline void WriteBytes(const std::string& path, const std::vector<uint8_t>& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// What the function throws, as text; empty if it throws nothing of that type.
template <typename Exception, typename Function>
std::string MessageOf(const Function& function) {
  try {
    function();
  } catch (const Exception& exception) {
    return exception.what();
  }
  return {};
}

}  // namespace lockstep::input
